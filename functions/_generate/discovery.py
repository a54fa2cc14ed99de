"""Finds every function: one file below `functions/<context>/`, whose last statement builds a door."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from shared.platform.doors.bare import Bare
from shared.platform.doors.consumer import Consumer, ConsumerSpec
from shared.platform.doors.endpoint import Endpoint, EndpointSpec
from shared.platform.doors.job import Job, JobSpec
from shared.platform.doors.pages import Pages
from shared.platform.doors.upload import Upload
from shared.platform.doors.wake import Wake
from shared.platform.events import Event

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ROOT / "functions"


class Kind(StrEnum):
    """What invokes a function."""

    ENDPOINT = "endpoint"
    CONSUMER = "consumer"
    UPLOAD = "upload"
    WAKE = "wake"
    JOB = "job"


_KINDS: dict[type, Kind] = {
    Endpoint: Kind.ENDPOINT,
    Bare: Kind.ENDPOINT,
    Pages: Kind.ENDPOINT,
    Consumer: Kind.CONSUMER,
    Upload: Kind.UPLOAD,
    Wake: Kind.WAKE,
    Job: Kind.JOB,
}


class NotAFunction(Exception):
    """A file below `functions/` does not end in a door."""


@dataclass(frozen=True)
class Function:
    """One Lambda: its `context` (a folder), its `name` (a file), and the `handler` its door built."""

    context: str
    name: str
    handler: Any

    @property
    def kind(self) -> Kind:
        """Which door."""
        return _KINDS[type(self.handler)]

    @property
    def endpoint(self) -> EndpointSpec:
        """What an endpoint's door knows."""
        spec = self.handler.spec
        assert isinstance(spec, EndpointSpec)
        return spec

    @property
    def needs_brand(self) -> bool:
        """Does its door look up the brand, and so the database, before the story is told?"""
        return not isinstance(self.handler, Bare | Pages)

    @property
    def listens(self) -> tuple[type[Event], ...]:
        """The events a consumer is told of; none for any other function."""
        spec = self.handler.spec
        return spec.listens if isinstance(spec, ConsumerSpec) else ()

    @property
    def uploads(self) -> str:
        """The kind of upload it waits for."""
        handler = self.handler
        assert isinstance(handler, Upload)
        return handler.kind

    @property
    def every(self) -> str:
        """A job's period."""
        spec = self.handler.spec
        assert isinstance(spec, JobSpec)
        return spec.every

    @property
    def summary(self) -> str:
        """What the first docstring line says after the dash."""
        return str(self.handler.spec.summary)

    @property
    def trigger(self) -> str:
        """What the first docstring line says before the dash: method and path, the facts, the upload, or the period."""
        if self.kind is Kind.ENDPOINT:
            return f"{self.endpoint.method} {self.endpoint.path}"
        if self.kind is Kind.JOB:
            return f"every {self.every}"
        if self.kind is Kind.UPLOAD:
            return f"upload of {self.uploads}"
        return ", ".join(event.type for event in self.listens) or "wake"

    @cached_property
    def dashed(self) -> str:
        """`orders-refund-order`: the function's name in AWS behind its stage."""
        return f"{self.context}-{self.name.replace('_', '-')}"

    @cached_property
    def logical(self) -> str:
        """`RefundOrder`: the resource's name in its template."""
        return "".join(word.capitalize() for word in self.name.split("_"))


def contexts() -> list[str]:
    """The folders of functions, by name."""
    return sorted(
        folder.name
        for folder in FUNCTIONS.iterdir()
        if folder.is_dir() and not folder.name.startswith(("_", ".")) and _files(folder)
    )


def all_functions() -> list[Function]:
    """Every function, by context and name. Raises NotAFunction, and whatever importing a function raises."""
    return list(_found())


def _found() -> Iterator[Function]:
    for context in contexts():
        for file in _files(FUNCTIONS / context):
            module = importlib.import_module(f"functions.{context}.{file.stem}")
            handler = getattr(module, "handler", None)
            if type(handler) not in _KINDS:
                raise NotAFunction(f"{file}: the last statement must be handler = endpoint/consumer/job(…)")
            yield Function(context, file.stem, handler)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.py") if not file.name.startswith("_"))
