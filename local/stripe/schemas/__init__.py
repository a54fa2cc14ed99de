"""Stripe's published request and object schemas, reduced to what is played here: see README.md."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


class Broken(Exception):
    """An object that the local Stripe made is not one of Stripe's: our own mistake, answered as a loud 500."""


@cache
def requests() -> dict[str, Any]:
    """`operations` (method and path to definition) and `definitions` of the parameters."""
    return dict(json.loads((_HERE / "requests.json").read_text()))


@cache
def objects() -> dict[str, Any]:
    """`objects` (kind to definition), `definitions`, and the API version."""
    return dict(json.loads((_HERE / "objects.json").read_text()))


def api_version() -> str:
    """The one version that is spoken here."""
    return str(objects()["stripe_api_version"])


@cache
def _checker(kind: str) -> Any:
    import fastjsonschema

    known = objects()
    own = known["objects"][kind]
    # An object inside another was checked when it was saved itself; leaving it out makes the check quick to compile.
    others = {name: {"type": "object"} for name in known["objects"].values() if name != own}
    return fastjsonschema.compile(
        {"$ref": f"#/definitions/{own}", "definitions": {**known["definitions"], **others}}
    )


def warm() -> None:
    """Compile every check now, so that the first request does not pay for it."""
    for kind in objects()["objects"]:
        _checker(kind)


def check_object(made: dict[str, Any]) -> dict[str, Any]:
    """`made` itself, once it is a valid object of its kind. Raises Broken."""
    import fastjsonschema

    try:
        _checker(made["object"])(made)
    except fastjsonschema.JsonSchemaException as error:
        raise Broken(f"{made['object']}: {error}") from error
    return made
