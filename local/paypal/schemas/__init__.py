"""PayPal's published request and answer schemas, reduced to what is played here: see README.md."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import fastjsonschema

_HERE = Path(__file__).parent
# What PayPal always shows though its specification requires nothing of its answers.
_ALWAYS = {
    "order": ["id", "intent", "status", "purchase_units", "links"],
    "capture": ["id", "status", "amount", "links", "supplementary_data"],
    "refund": ["id", "status", "amount", "links"],
    "error": ["name", "message", "debug_id", "details"],
}


class Broken(Exception):
    """An object that the local PayPal made is not one of PayPal's: our own mistake, answered as a loud 500."""


class Refused(Exception):
    """A request that PayPal's specification does not allow: where, and why."""


@cache
def _requests() -> dict[str, Any]:
    return dict(json.loads((_HERE / "requests.json").read_text()))


@cache
def _objects() -> dict[str, Any]:
    return dict(json.loads((_HERE / "objects.json").read_text()))


@cache
def _of_request(operation: str) -> Any:
    known = _requests()
    wanted = {"$ref": f"#/definitions/{known['operations'][operation]}", "definitions": known["definitions"]}
    return fastjsonschema.compile(wanted)


@cache
def _of_object(kind: str) -> Any:
    known = _objects()
    name = known["objects"].get(kind) or known["errors"][kind]
    own = known["definitions"][name]
    always = [each for each in _ALWAYS.get(kind, _ALWAYS["error"]) if each in own["properties"]]
    return fastjsonschema.compile({**own, "required": always, "definitions": known["definitions"]})


def warm() -> None:
    """Compile every check now, so that the first request does not pay for it."""
    for operation in _requests()["operations"]:
        _of_request(operation)
    for kind in (*_objects()["objects"], *_objects()["errors"]):
        _of_object(kind)


def check_request(operation: str, body: Any) -> None:
    """Raise Refused unless the specification allows this body."""
    try:
        _of_request(operation)(body)
    except fastjsonschema.JsonSchemaValueException as error:
        raise Refused(f"{error.name}: {error.message}") from error


def check_object(kind: str, made: dict[str, Any]) -> dict[str, Any]:
    """`made` itself, once it is a valid object of its kind ("order", or a status of an error). Raises Broken."""
    try:
        _of_object(kind)(made)
    except fastjsonschema.JsonSchemaException as error:
        raise Broken(f"{kind}: {error}") from error
    return made
