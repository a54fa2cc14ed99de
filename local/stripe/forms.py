"""Stripe's form encoding: `a[b][0]=x` to nested data, typed and checked by the operation's own schema."""

import re
from typing import Any
from urllib.parse import parse_qsl

from local.stripe.errors import ApiError, invalid, missing_parameter, unknown_parameter

type Schema = dict[str, Any]
type Node = str | dict[str, "Node"]

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_STEP = re.compile(r"\[([^\[\]]*)\]")
_INTEGER = re.compile(r"-?\d{1,18}\Z")


def parse(encoded: str) -> dict[str, Node]:
    """The nested form data, every leaf a string, lists as mappings from their index. Raises ApiError."""
    tree: dict[str, Node] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        match = _KEY.match(name)
        if match is None:
            raise unknown_parameter(name)
        steps = [match[1], *_STEP.findall(match[2])]
        here = tree
        for step in steps[:-1]:
            below = here.setdefault(step or str(len(here)), {})
            if not isinstance(below, dict):
                raise invalid(f"Invalid {match[1]}: both a value and a hash.", match[1])
            here = below
        here[steps[-1] or str(len(here))] = value
    return tree


class Reader:
    """Reads form data against the schemas of one API version."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self._definitions = definitions

    def read(self, tree: dict[str, Node], definition: str) -> dict[str, Any]:
        """The parameters of `definition`, typed. Raises ApiError as Stripe words it."""
        read: dict[str, Any] = self._read(tree, self._definitions[definition], "")
        return read

    def _read(self, node: Node, schema: Schema, name: str) -> Any:
        if "$ref" in schema:
            return self._read(node, self._definitions[schema["$ref"].rsplit("/", 1)[1]], name)
        if "anyOf" in schema:
            return self._read_any(node, schema["anyOf"], name)
        if "not" in schema:
            raise ApiError(400, f"The local Stripe does not play the parameter {name}.", param=name)
        if "enum" in schema:
            return _read_enum(node, schema["enum"], name)
        match schema.get("type"):
            case "object":
                return self._read_object(node, schema, name)
            case "array":
                if not isinstance(node, dict) or not all(key.isdigit() for key in node):
                    raise invalid("Invalid array", name)
                return [
                    self._read(node[key], schema["items"], f"{name}[{key}]") for key in sorted(node, key=int)
                ]
            case "integer":
                return _read_integer(node, name)
            case "number":
                return _read_number(node, name)
            case "boolean":
                if node not in ("true", "false"):
                    raise invalid(f"Invalid boolean: {_shown(node)}", name)
                return node == "true"
        if not isinstance(node, str):
            raise invalid("Invalid string: must be a string, not a hash", name)
        return node

    def _read_any(self, node: Node, choices: list[Schema], name: str) -> Any:
        refused: ApiError | None = None
        for choice in choices:
            try:
                return self._read(node, choice, name)
            except ApiError as error:
                # The most telling refusal is that of the last choice: the first is usually "may be unset".
                refused = error
        assert refused is not None
        raise refused

    def _read_object(self, node: Node, schema: Schema, name: str) -> dict[str, Any]:
        if not isinstance(node, dict):
            raise invalid("Invalid object", name)
        known = schema.get("properties", {})
        others = schema.get("additionalProperties", False)
        read = {}
        for key, value in node.items():
            inner = f"{name}[{key}]" if name else key
            if key in known:
                read[key] = self._read(value, known[key], inner)
            elif others is False:
                raise unknown_parameter(inner)
            else:
                read[key] = self._read(value, others, inner)
        for key in schema.get("required", ()):
            if key not in node:
                raise missing_parameter(f"{name}[{key}]" if name else key)
        return read


def _read_enum(node: Node, values: list[str], name: str) -> Any:
    if node in values:
        return node
    if values == [""]:
        raise invalid(f"Invalid {name}", name)
    *most, last = values
    raise invalid(f"Invalid {name}: must be one of {', '.join(most)}{', or ' if most else ''}{last}", name)


def _read_integer(node: Node, name: str) -> int:
    if not isinstance(node, str) or not _INTEGER.match(node):
        raise invalid(f"Invalid integer: {_shown(node)}", name, "parameter_invalid_integer")
    return int(node)


def _read_number(node: Node, name: str) -> float:
    try:
        return float(node)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise invalid(f"Invalid decimal: {_shown(node)}", name) from None


def _shown(node: Node) -> str:
    return node if isinstance(node, str) else "a hash"
