"""An export of orders as CSV: at once while they are few, else by a background job that writes a file."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared.orders import listing
from shared.orders.events import OrderExportAskedV1
from shared.orders.export_rows import HEADINGS, rows
from shared.orders.lifecycle import Status
from shared.orders.listing import Filter
from shared.platform import background, csv_files
from shared.platform.csv_files import Sink, TooMuch, Written
from shared.platform.work import Work

KIND, NEEDS = "orders.export", "orders:export"
# Spec 05.
MOST_AT_ONCE = 10_000

_ANY = Filter()._asdict()


def file_name(work: Work) -> str:
    """What an export is saved as."""
    return csv_files.name_of(work, "orders")


def write_all(work: Work, wanted: Filter, into: Sink) -> int:
    """Write every order that is wanted; answers how many."""
    sheet, written = csv_files.sheet(into), 0
    sheet.writerow(HEADINGS)
    for line in rows(work, wanted):
        sheet.writerow(line)
        written += 1
    return written


def at_once(work: Work, wanted: Filter) -> str:
    """The whole file, if there is little to write. Raises TooMuch."""
    if listing.count(work, wanted) > MOST_AT_ONCE:
        raise TooMuch
    return csv_files.within_answer(lambda into: write_all(work, wanted, into))


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
    wanted = as_wanted(job.asked)
    return csv_files.to_disk(work, job_id, file_name(work), lambda into: write_all(work, wanted, into))


def finish(work: Work, written: Written) -> None:
    """The file can be had."""
    csv_files.finish_export(work, written, KIND, "orders_exported")


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
