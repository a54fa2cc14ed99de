"""An export: all products of a brand as Shopify's CSV, at once while they are few, else as a background job."""

import csv
import os
import tempfile
from typing import Protocol
from uuid import UUID

from shared.catalog.spreadsheets import shelf
from shared.catalog.spreadsheets.columns import headings
from shared.catalog.spreadsheets.events import ProductExportAskedV1
from shared.catalog.spreadsheets.laying_out import Layout
from shared.catalog.spreadsheets.tag_names import TagNames
from shared.platform import background, private_files
from shared.platform.models import Outcome, Pending
from shared.platform.settings import settings
from shared.platform.work import Work

KIND, NEEDS = "products.export", "products:export"
FOLDER = "results"
# An answer of Lambda has 6 MB at most, and a gateway waits for 29 s.
MOST_AT_ONCE, MOST_BYTES = 2000, 4_000_000
_BATCH = 500


class _Sink(Protocol):
    def write(self, text: str, /) -> object: ...


class TooMuch(Exception):
    """There is more than an answer can hold."""


class Written(Pending):
    """A file of this machine's disk with so many products, to be put at `key`."""

    job_id: UUID
    path: str
    key: str
    name: str
    products: int


class Stored(Outcome):
    """It lies there."""


_OPTIONS = "SELECT coalesce(max(count), 0) FROM (SELECT count(*) FROM catalog.product_options GROUP BY product_id) AS counted"
_CURRENCIES = """
    SELECT DISTINCT currency FROM catalog.variant_prices
     WHERE starts_at IS NULL AND ends_at IS NULL AND currency <> %(own)s ORDER BY currency
"""


def file_name(work: Work) -> str:
    """What an export is saved as."""
    return f"{work.brand.slug}-products-{work.now:%Y-%m-%d}.csv"


def count(work: Work) -> int:
    """How many products there are."""
    return int(work.value("SELECT count(*) FROM catalog.products"))


def write_all(work: Work, into: _Sink) -> int:
    """Write every product, oldest first; answers how many."""
    layout = _layout(work)
    sheet = csv.writer(into, lineterminator="\r\n")
    sheet.writerow(layout.columns.values())
    written, last = 0, shelf.FIRST
    while batch := shelf.after(work, last, _BATCH):
        for product in batch:
            sheet.writerows(layout.rows(product))
        written, last = written + len(batch), batch[-1].id
    return written


def at_once(work: Work) -> str:
    """The whole file, if there is little to write. Raises TooMuch."""
    if count(work) > MOST_AT_ONCE:
        raise TooMuch
    into = _Bounded()
    write_all(work, into)
    return "".join(into.parts)


def open_export(work: Work, owner: UUID) -> UUID:
    """A job that writes the file."""
    job_id = background.open_job(work, KIND, needs=NEEDS, owner=owner, asked={})
    work.tell(ProductExportAskedV1(job_id=job_id), key=str(job_id))
    return job_id


def write_file(work: Work, job_id: UUID) -> Written | None:
    """The job's file, as all products are at one moment; None when it is over."""
    job = background.lock_open(work, job_id, KIND)
    if job is None:
        return None
    number, path = tempfile.mkstemp(suffix=".csv")
    with open(number, "w", encoding="utf-8", newline="") as into:
        products = write_all(work, into)
    key = f"{FOLDER}/{work.brand.id}/{job_id}.csv"
    return Written(job_id=job_id, path=path, key=key, name=file_name(work), products=products)


def store(written: Written) -> Stored:
    """Put the file where its link leads. Raises botocore's errors."""
    try:
        private_files.put_from(written.path, written.key, "text/csv; charset=utf-8")
    finally:
        os.unlink(written.path)
    return Stored()


def finish(work: Work, written: Written) -> None:
    """The file can be had."""
    job = background.lock_open(work, written.job_id, KIND)
    if job is None:
        return
    background.start(work, job, written.products)
    background.advance(work, job, written.products, {"products_exported": written.products})
    background.finish(work, job.id, result_key=written.key, result_name=written.name)


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


def _layout(work: Work) -> Layout:
    own = work.brand.currency
    currencies = [row.currency for row in work.all(_CURRENCIES, own=own)]
    return Layout(
        brand_name=work.brand.name,
        currency=own,
        media_url=settings().media_url,
        tags=TagNames.read(work),
        columns=headings(int(work.value(_OPTIONS)), currencies),
    )
