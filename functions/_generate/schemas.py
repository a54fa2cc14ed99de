"""Writes `events/schemas/<type>.v<n>.json`: the JSON Schema of each event that anybody tells, with an example."""

import importlib
import pkgutil
from typing import Any

import shared
from functions._generate.examples import example_of
from shared.platform.events import Envelope, Event


def all_events() -> list[type[Event]]:
    """Every event of every context's `events` module, by type and version."""
    for found in pkgutil.walk_packages(shared.__path__, "shared."):
        if found.name.endswith(".events"):
            importlib.import_module(found.name)
    told = [kind for kind in _below(Event) if kind.__module__.startswith("shared.")]
    return sorted(told, key=lambda kind: (kind.type, kind.version))


def schema_of(kind: type[Event]) -> dict[str, Any]:
    """The JSON Schema of the envelope that carries `kind`, whose example is a whole envelope."""
    schema = Envelope[kind].model_json_schema(mode="serialization")  # type: ignore[valid-type]
    schema["title"] = f"{kind.type} v{kind.version}"
    schema["description"] = (kind.__doc__ or "").strip()
    schema["properties"]["type"] = {"const": kind.type}
    schema["properties"]["version"] = {"const": kind.version}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "examples": [envelope_of(kind)],
    }


def envelope_of(kind: type[Event]) -> dict[str, Any]:
    """An envelope of `kind` about the demo brand."""
    example = example_of(Envelope[kind], "serialization")  # type: ignore[valid-type]
    return {**example, "type": kind.type, "version": kind.version}


def _below(kind: type[Event]) -> list[type[Event]]:
    # Envelope[...] makes no subclasses of Event, so every subclass is somebody's fact.
    direct = kind.__subclasses__()
    return direct + [deeper for each in direct for deeper in _below(each)]
