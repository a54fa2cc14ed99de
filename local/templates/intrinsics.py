"""CloudFormation's short tags and intrinsic functions, as far as templates of functions, queues and rules use them."""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

_SUBSTITUTION = re.compile(r"\$\{(!?)([^}]+)\}")
_FALSE_WORDS = ("false", "no", "0", "")


class TemplateError(Exception):
    """A template says something that the local run cannot make sense of."""


class _Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's tags in their long form: `!Ref X` becomes `{"Ref": "X"}`."""


def _construct(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _construct)


def load(text: str) -> dict[str, Any]:
    """The template in `text`, every tag in its long form. Raises TemplateError."""
    try:
        read = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise TemplateError(str(error)) from error
    if not isinstance(read, dict):
        raise TemplateError("A template is a mapping.")
    return read


class Resolver:
    """Resolves intrinsic functions of one template.

    `reference(name)` answers a `Ref`, `attribute(resource, name)` a `Fn::GetAtt`; both raise KeyError for what they do not know.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        reference: Callable[[str], Any],
        attribute: Callable[[str, str], Any],
    ) -> None:
        self._mappings: Mapping[str, Any] = template.get("Mappings") or {}
        self._conditions: Mapping[str, Any] = template.get("Conditions") or {}
        self._reference, self._attribute = reference, attribute

    def __call__(self, value: Any) -> Any:
        """`value` with every intrinsic function resolved. Raises TemplateError."""
        if isinstance(value, list):
            return [kept for item in value if (kept := self(item)) is not None]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, operand = next(iter(value.items()))
            if name in ("Ref", "Condition") or name.startswith("Fn::"):
                return self._apply(name, operand)
        resolved = {key: self(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not None}

    def holds(self, condition: str) -> bool:
        """Whether the template's named condition is true."""
        if condition not in self._conditions:
            raise TemplateError(f"There is no condition {condition}.")
        return _truth(self(self._conditions[condition]))

    def _apply(self, name: str, operand: Any) -> Any:
        try:
            return _FUNCTIONS[name](self, operand)
        except KeyError as error:
            raise TemplateError(f"{name} {operand!r} cannot be resolved locally: {error}") from error

    def _ref(self, name: str) -> Any:
        return None if name == "AWS::NoValue" else self._reference(name)

    def _get_att(self, path: list[str]) -> Any:
        return self._attribute(path[0], ".".join(path[1:]))

    def _sub(self, operand: Any) -> str:
        text, given = (operand, {}) if isinstance(operand, str) else (operand[0], self(operand[1]))

        def replace(found: re.Match[str]) -> str:
            literal, name = found[1], found[2].strip()
            if literal:
                return "${" + name + "}"
            if name in given:
                return str(given[name])
            if "." in name:
                return str(self._get_att(name.split(".", 1)))
            return str(self._ref(name))

        return _SUBSTITUTION.sub(replace, text)

    def _join(self, operand: list[Any]) -> str:
        return str(operand[0]).join(str(item) for item in self(operand[1]))

    def _select(self, operand: list[Any]) -> Any:
        return self(operand[1])[int(self(operand[0]))]

    def _split(self, operand: list[Any]) -> list[str]:
        return str(self(operand[1])).split(operand[0])

    def _find_in_map(self, operand: list[Any]) -> Any:
        first, second, third = (self(part) for part in operand[:3])
        return self._mappings[first][second][third]

    def _if(self, operand: list[Any]) -> Any:
        return self(operand[1] if self.holds(operand[0]) else operand[2])

    def _equals(self, operand: list[Any]) -> bool:
        return str(self(operand[0])) == str(self(operand[1]))

    def _and(self, operand: list[Any]) -> bool:
        return all(_truth(self(item)) for item in operand)

    def _or(self, operand: list[Any]) -> bool:
        return any(_truth(self(item)) for item in operand)

    def _not(self, operand: list[Any]) -> bool:
        return not _truth(self(operand[0]))

    def _base64(self, operand: Any) -> str:
        return base64.b64encode(str(self(operand)).encode()).decode()


def _truth(value: Any) -> bool:
    return value.lower() not in _FALSE_WORDS if isinstance(value, str) else bool(value)


_FUNCTIONS: dict[str, Callable[[Resolver, Any], Any]] = {
    "Ref": Resolver._ref,
    "Condition": Resolver.holds,
    "Fn::GetAtt": Resolver._get_att,
    "Fn::Sub": Resolver._sub,
    "Fn::Join": Resolver._join,
    "Fn::Select": Resolver._select,
    "Fn::Split": Resolver._split,
    "Fn::FindInMap": Resolver._find_in_map,
    "Fn::If": Resolver._if,
    "Fn::Equals": Resolver._equals,
    "Fn::And": Resolver._and,
    "Fn::Or": Resolver._or,
    "Fn::Not": Resolver._not,
    "Fn::Base64": Resolver._base64,
}
