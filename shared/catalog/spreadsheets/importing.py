"""An import: a background job that reads a file once and lets its products have their turn.

`skip_errors` goes batch by batch, each in a transaction of its own with the job's progress; `all_or_nothing` decides upon the whole file
and writes it in one transaction or not at all; a dry run decides and writes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from shared.catalog.spreadsheets import decoding, staging
from shared.catalog.spreadsheets.decoding import SheetRefused
from shared.catalog.spreadsheets.events import ProductImportAdvancedV1, ProductImportReadV1
from shared.catalog.spreadsheets.lookup import look_up
from shared.catalog.spreadsheets.merging import Obstacle
from shared.catalog.spreadsheets.ordering import KIND
from shared.catalog.spreadsheets.parsing import Parsed, Parsing
from shared.catalog.spreadsheets.planning import Plan, plan
from shared.catalog.spreadsheets.staging import Staged
from shared.catalog.spreadsheets.writing import write
from shared.kernel.ids import new_id
from shared.platform import background
from shared.platform.background import Job, Line
from shared.platform.models import Outcome
from shared.platform.work import Work

BATCH = 250
_FAILED = "products_failed"


class FileRead(Outcome):
    """What is in a file: its products, the lines of the report, how many rows; or the one line of why there is nothing."""

    products: list[Any]
    lines: list[Line]
    rows: int
    refused: bool = False


def waits_for_file(work: Work, job_id: UUID) -> bool:
    """Whether the file that has arrived is this job's first."""
    job = background.lock_open(work, job_id, KIND)
    return job is not None and job.status == "waiting"


def read_file(content: bytes, currency: str) -> FileRead:
    """A file as a brand of this currency reads it. Pure."""
    try:
        parsing = Parsing(decoding.read(content), currency)
        parsing.run()
    except SheetRefused as refused:
        line = Line(refused.row, refused.column, "error", refused.code, str(refused))
        return FileRead(products=[], lines=[line], rows=0, refused=True)
    return FileRead(products=parsing.products, lines=parsing.lines, rows=parsing.rows)


def keep_file(work: Work, job_id: UUID, found: FileRead) -> None:
    """The file's products wait for their turn; what cannot be read of it has had its."""
    job = background.lock_open(work, job_id, KIND)
    if job is None or job.status != "waiting":
        return
    background.start(work, job, found.rows)
    background.report(work, job_id, found.lines)
    if found.refused:
        background.fail(work, job_id, found.lines[0].code)
        return
    failed: list[Parsed] = [each for each in found.products if each.failed]
    staging.stage(work, job_id, [each for each in found.products if not each.failed])
    background.advance(work, job, sum(each.rows for each in failed), {_FAILED: len(failed)})
    if _as_a_whole(job):
        work.tell(ProductImportReadV1(job_id=job_id), key=str(job_id))
    else:
        _go_on(work, job_id)


def take_batch(work: Work, job_id: UUID) -> None:
    """Let the next products have their turn: what can be taken is, and the report says the rest."""
    job = background.lock_open(work, job_id, KIND)
    if job is None or _as_a_whole(job):
        return
    batch = staging.next_of(work, job_id, BATCH)
    plans, lines = _planned(work, batch)
    write(work, [each for each in plans if each.changes])
    background.report(work, job_id, lines)
    background.advance(work, job, sum(each.rows for each in batch), _counts(plans, len(batch) - len(plans)))
    staging.drop(work, job_id, [each.number for each in batch])
    _go_on(work, job_id)


def take_whole(work: Work, job_id: UUID) -> None:
    """Let all products have their turn at once: if one cannot be taken, none is."""
    job = background.lock_open(work, job_id, KIND)
    if job is None or not _as_a_whole(job):
        return
    batch = staging.next_of(work, job_id, None)
    plans, lines = _planned(work, batch)
    background.report(work, job_id, lines)
    staging.drop(work, job_id)
    failed, dry_run = len(batch) - len(plans), job.asked["dry_run"]
    takes_nothing = bool(failed or job.counts.get(_FAILED)) and not dry_run
    counts = Counter({_FAILED: failed}) if takes_nothing else _counts(plans, failed)
    background.advance(work, job, sum(each.rows for each in batch), counts)
    if takes_nothing:
        background.fail(work, job_id, "rows_refused")
        return
    if not dry_run:
        write(work, [each for each in plans if each.changes])
    background.finish(work, job_id)


def _as_a_whole(job: Job) -> bool:
    return bool(job.asked["dry_run"]) or job.asked["mode"] == "all_or_nothing"


def _go_on(work: Work, job_id: UUID) -> None:
    if staging.is_left(work, job_id):
        rows = background.find(work, job_id).done
        work.tell(ProductImportAdvancedV1(job_id=job_id, rows=rows), key=str(job_id))
    else:
        background.finish(work, job_id)


def _planned(work: Work, batch: Sequence[Staged]) -> tuple[list[Plan], list[Line]]:
    """What becomes of each product that nothing stands in the way of, and the lines of what does."""
    known = look_up(work, batch)
    plans: list[Plan] = []
    lines: list[Line] = []
    products: set[UUID] = set()
    skus: set[str] = set()
    # Ids of one moment are in no order: these are, so that products stay in the file's.
    ids = sorted(new_id(work.now) for _ in batch)
    for staged, own_id in zip(batch, ids, strict=True):
        try:
            planned = plan(known, staged, work.brand.currency, work.now, own_id)
            _check_alone(planned, products, skus)
        except Obstacle as obstacle:
            lines.append(obstacle.line)
            continue
        plans.append(planned)
        lines += planned.warnings
        products.add(planned.after.id)
        skus |= {variant.sku for variant in planned.after.variants}
    return plans, lines


def _check_alone(planned: Plan, products: set[UUID], skus: set[str]) -> None:
    """Two products of a file must not become one, nor claim one SKU. Raises Obstacle."""
    row = planned.staged.row
    if planned.after.id in products:
        message = "Another row of the file is about this product: give both its Handle."
        raise Obstacle(row, "Handle", "product_repeated", message)
    if taken := skus & {variant.sku for variant in planned.after.variants}:
        message = f"Another product of the file has the SKU {min(taken)!r}."
        raise Obstacle(row, "Variant SKU", "sku_repeated", message)


def _counts(plans: Iterable[Plan], failed: int) -> Counter[str]:
    counts = Counter({_FAILED: failed})
    for each in plans:
        counts[
            "products_created"
            if each.before is None
            else "products_updated"
            if each.changes
            else "products_unchanged"
        ] += 1
    return counts
