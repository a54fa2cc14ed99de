"""Examples of models, made from their schemas: a field's own example, else what the demo brand has under that name, else the
plainest value its schema allows. The same model always gives the same example."""

import uuid
from typing import Any

from pydantic import BaseModel

from functions._generate.demo import FACTS

_PLAINEST: dict[str, Any] = {"integer": 1, "number": 1, "boolean": True, "null": None, "object": {}}
_TYPES = {str: "string", int: "integer", bool: "boolean", list: "array", dict: "object"}
_FORMATS = {
    "date-time": "2026-01-15T10:00:00Z",
    "date": "2026-01-15",
    "email": "ada@demo.test",
    "uri": "https://demo.test/",
}
_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


class NoExample(Exception):
    """A schema asks for something that cannot be made up: give the field `examples=[…]`."""


def example_of(model: type[BaseModel], mode: Any) -> dict[str, Any]:
    """An example of `model` that the model itself accepts: its required fields, and what the demo brand knows of the rest.

    Raises NoExample, or pydantic.ValidationError for a field that needs an example of its own.
    """
    schema = model.model_json_schema(mode=mode)
    example: dict[str, Any] = _of(schema, schema.get("$defs", {}), "")
    model.model_validate(example, strict=False)
    return example


def plain_id(name: str) -> str:
    """An id for what the demo brand has none of: the same for the same name, and nobody's."""
    return str(uuid.uuid5(_NAMESPACE, name))


def _of(schema: dict[str, Any], definitions: dict[str, Any], name: str) -> Any:
    if "examples" in schema:
        return schema["examples"][0]
    if name in FACTS and schema.get("type") == _TYPES[type(FACTS[name])]:
        return FACTS[name]
    if "$ref" in schema:
        return _of(definitions[schema["$ref"].rpartition("/")[2]], definitions, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for union in ("anyOf", "oneOf"):
        if union in schema:
            chosen = next((each for each in schema[union] if each.get("type") != "null"), schema[union][0])
            return _of(chosen, definitions, name)
    if "default" in schema and schema["default"] is not None:
        return schema["default"]
    return _by_type(schema, definitions, name)


def _by_type(schema: dict[str, Any], definitions: dict[str, Any], name: str) -> Any:
    kind = schema.get("type", "object")
    if kind == "object":
        properties = schema.get("properties", {})
        wanted = {*schema.get("required", ()), *FACTS}
        return {key: _of(field, definitions, key) for key, field in properties.items() if key in wanted}
    if kind == "array":
        item = schema.get("items", {})
        return [
            _of(item, definitions, name.removesuffix("s")) for _ in range(max(1, schema.get("minItems", 1)))
        ]
    if kind == "string":
        return _text(schema, name)
    if kind in ("integer", "number"):
        return max(_PLAINEST[kind], schema.get("minimum", 1))
    if kind in _PLAINEST:
        return _PLAINEST[kind]
    raise NoExample(f"{name}: {schema}")


def _text(schema: dict[str, Any], name: str) -> str:
    if schema.get("format") == "uuid":
        return plain_id(name)
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if "pattern" in schema:
        raise NoExample(f"{name}: {schema['pattern']}")
    return (
        (name or "text")
        .replace("_", " ")
        .ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 200)]
    )
