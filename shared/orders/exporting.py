"""An export of orders as CSV: at once while they are few, else by a background job that writes a file."""

import csv
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from shared.orders import listing
from shared.orders.events import OrderExportAskedV1
from shared.orders.export_rows import HEADINGS, rows
from shared.orders.lifecycle import Status
from shared.orders.listing import Filter
from shared.platform import background, private_files
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work

KIND, NEEDS = "orders.export", "orders:export"
FOLDER = "results"
CONTENT_TYPE = "text/csv; charset=utf-8"
# Spec 05; and an answer of Lambda has 6 MB at most.
MOST_AT_ONCE, MOST_BYTES = 10_000, 4_000_000

_ANY = Filter()._asdict()


class TooMuch(Exception):
    """There is more than an answer can hold."""


class Written(Pending):
    """A file of this machine's disk with so many orders, to be put at `key`."""

    job_id: UUID
    path: str
    key: str
    name: str
    orders: int


class Stored(Outcome):
    """It lies there."""


class _Sink(Protocol):
    def write(self, text: str, /) -> object: ...


def file_name(work: Work) -> str:
    """What an export is saved as."""
    return f"{work.brand.slug}-orders-{work.now:%Y-%m-%d}.csv"


def at_once(work: Work, wanted: Filter) -> str:
    """The whole file, if there is little to write. Raises TooMuch."""
    if listing.count(work, wanted) > MOST_AT_ONCE:
        raise TooMuch
    into = _Bounded()
    _write(rows(work, wanted), into)
    return "".join(into.parts)


def open_export(work: Work, wanted: Filter, owner: UUID) -> UUID:
    """A job that writes the file."""
    job_id = background.open_job(work, KIND, needs=NEEDS, owner=owner, asked=as_asked(wanted))
    work.tell(OrderExportAskedV1(job_id=job_id), key=str(job_id))
    return job_id


def write_file(work: Work, job_id: UUID) -> Written | None:
    """The job's file; None when it is over."""
    job = background.lock_open(work, job_id, KIND)
    if job is None:
        return None
    number, path = tempfile.mkstemp(suffix=".csv")
    try:
        with open(number, "w", encoding="utf-8", newline="") as into:
            written = _write(rows(work, as_wanted(job.asked)), into)
    except BaseException:
        os.unlink(path)
        raise
    key = f"{FOLDER}/{work.brand.id}/{job_id}.csv"
    return Written(job_id=job_id, path=path, key=key, name=file_name(work), orders=written)


def store(written: Written) -> Stored:
    """Put the file where its link leads, in parts when it is large. Raises botocore's errors."""
    try:
        private_files.put_from(written.path, written.key, CONTENT_TYPE)
    finally:
        os.unlink(written.path)
    return Stored()


def finish(work: Work, written: Written) -> None:
    """The file can be had."""
    job = background.lock_open(work, written.job_id, KIND)
    if job is None:
        return
    background.start(work, job, written.orders)
    background.advance(work, job, written.orders, {"orders_exported": written.orders})
    background.finish(work, job.id, result_key=written.key, result_name=written.name)


def as_asked(wanted: Filter) -> dict[str, Any]:
    """A filter as the job keeps it. Pure."""
    chosen = {name: value for name, value in wanted._asdict().items() if value != _ANY[name]}
    return {name: _plain(value) for name, value in chosen.items() if value != []}


def as_wanted(asked: dict[str, Any]) -> Filter:
    """The filter that a job keeps. Pure."""
    given = dict(asked)
    if "statuses" in given:
        given["statuses"] = [Status(each) for each in given["statuses"]]
    if "customers" in given:
        given["customers"] = [UUID(each) for each in given["customers"]]
    for name in ("since", "until"):
        if name in given:
            given[name] = datetime.fromisoformat(given[name])
    return Filter(**given)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [str(each) for each in value] if isinstance(value, list | tuple) else value


def _write(lines: Iterable[list[str]], into: _Sink) -> int:
    sheet = csv.writer(into, lineterminator="\r\n")
    sheet.writerow(HEADINGS)
    written = 0
    for line in lines:
        sheet.writerow(line)
        written += 1
    return written


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
