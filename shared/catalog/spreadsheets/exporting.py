"""An export: all products of a brand as Shopify's CSV, at once while they are few, else as a background job."""

from uuid import UUID

from shared.catalog.spreadsheets import shelf
from shared.catalog.spreadsheets.columns import headings
from shared.catalog.spreadsheets.events import ProductExportAskedV1
from shared.catalog.spreadsheets.laying_out import Layout
from shared.catalog.spreadsheets.tag_names import TagNames
from shared.platform import background, csv_files
from shared.platform.csv_files import Sink, TooMuch, Written
from shared.platform.settings import settings
from shared.platform.work import Work

KIND, NEEDS = "products.export", "products:export"
# A gateway waits for 29 s.
MOST_AT_ONCE = 2000
_BATCH = 500

_OPTIONS = "SELECT coalesce(max(count), 0) FROM (SELECT count(*) FROM catalog.product_options GROUP BY product_id) AS counted"
_CURRENCIES = """
    SELECT DISTINCT currency FROM catalog.variant_prices
     WHERE starts_at IS NULL AND ends_at IS NULL AND currency <> %(own)s ORDER BY currency
"""


def file_name(work: Work) -> str:
    """What an export is saved as."""
    return csv_files.name_of(work, "products")


def count(work: Work) -> int:
    """How many products there are."""
    return int(work.value("SELECT count(*) FROM catalog.products"))


def write_all(work: Work, into: Sink) -> int:
    """Write every product, oldest first; answers how many."""
    layout = _layout(work)
    sheet = csv_files.sheet(into)
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
    return csv_files.within_answer(lambda into: write_all(work, into))


def open_export(work: Work, owner: UUID) -> UUID:
    """A job that writes the file."""
    job_id = background.open_job(work, KIND, needs=NEEDS, owner=owner, asked={})
    work.tell(ProductExportAskedV1(job_id=job_id), key=str(job_id))
    return job_id


def write_file(work: Work, job_id: UUID) -> Written | None:
    """The job's file, as all products are at one moment; None when it is over."""
    if background.lock_open(work, job_id, KIND) is None:
        return None
    return csv_files.to_disk(work, job_id, file_name(work), lambda into: write_all(work, into))


def finish(work: Work, written: Written) -> None:
    """The file can be had."""
    csv_files.finish_export(work, written, KIND, "products_exported")


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
