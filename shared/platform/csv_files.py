"""CSV files for staff: within the answer while they are small, else by a background job that writes one to this machine's disk, puts it
into the private bucket outside any transaction, and is done with it."""

import csv
import os
import tempfile
from collections.abc import Callable
from typing import Any, Literal, Protocol
from uuid import UUID

from shared.platform import background, private_files
from shared.platform.http import HttpResponse
from shared.platform.models import Outcome, Pending, Response
from shared.platform.work import Work

CONTENT_TYPE = "text/csv; charset=utf-8"
# An answer of Lambda has 6 MB at most.
MOST_BYTES = 4_000_000
_FOLDER = "results"


class TooMuch(Exception):
    """There is more than an answer can hold."""


class Sink(Protocol):
    """Where text goes."""

    def write(self, text: str, /) -> object:
        """Take it."""
        ...


# Writes a whole file; answers how many items are in it.
type Writer = Callable[[Sink], int]


class Written(Pending):
    """A file of this machine's disk with so many items, to be put at `key` and saved as `name`."""

    job_id: UUID
    path: str
    key: str
    name: str
    items: int


class Stored(Outcome):
    """It lies there."""


class ExportOpened(Response):
    """The job that writes the file; GET /v1/admin/jobs/{id} gives its link."""

    id: UUID
    status: Literal["waiting"]


def sheet(into: Sink) -> Any:
    """A csv.writer of lines as RFC 4180 ends them."""
    return csv.writer(into, lineterminator="\r\n")


def name_of(work: Work, what: str) -> str:
    """What a file is saved as."""
    return f"{work.brand.slug}-{what}-{work.now:%Y-%m-%d}.csv"


def within_answer(write: Writer) -> str:
    """The whole file as text. Raises TooMuch."""
    into = _Bounded()
    write(into)
    return "".join(into.parts)


def attached(content: str, name: str) -> HttpResponse:
    """A file as an answer (200)."""
    named = f'attachment; filename="{name}"'
    return HttpResponse(200, content, {"content-type": CONTENT_TYPE, "content-disposition": named})


def promised(job_id: UUID) -> HttpResponse:
    """The job that writes it instead (202)."""
    opened = ExportOpened(id=job_id, status="waiting")
    return HttpResponse(202, opened.model_dump_json(), {"content-type": "application/json"})


def to_disk(work: Work, job_id: UUID, name: str, write: Writer) -> Written:
    """A job's file, written to the disk; nothing stays there when that fails."""
    number, path = tempfile.mkstemp(suffix=".csv")
    try:
        with open(number, "w", encoding="utf-8", newline="") as into:
            items = write(into)
    except BaseException:
        os.unlink(path)
        raise
    key = f"{_FOLDER}/{work.brand.id}/{job_id}.csv"
    return Written(job_id=job_id, path=path, key=key, name=name, items=items)


def store(written: Written) -> Stored:
    """Put the file where its link leads, in parts when it is large. Raises botocore's errors."""
    try:
        private_files.put_from(written.path, written.key, CONTENT_TYPE)
    finally:
        os.unlink(written.path)
    return Stored()


def finish(work: Work, written: Written) -> None:
    """The file can be had."""
    background.finish(work, written.job_id, result_key=written.key, result_name=written.name)


def finish_export(work: Work, written: Written, kind: str, counted_as: str) -> None:
    """The same for a job of that kind whose items were all counted by writing them; nothing when it is over."""
    job = background.lock_open(work, written.job_id, kind)
    if job is None:
        return
    background.start(work, job, written.items)
    background.advance(work, job, written.items, {counted_as: written.items})
    finish(work, written)


class _Bounded:
    """Keeps what is written while it is no more than an answer holds."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._bytes = 0

    def write(self, text: str) -> None:
        self.parts.append(text)
        self._bytes += len(text.encode())
        if self._bytes > MOST_BYTES:
            raise TooMuch
