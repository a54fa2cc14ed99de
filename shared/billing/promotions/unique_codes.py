"""Codes by the thousand that serve once each: a background job draws them all, and keeps them in a file for staff."""

from uuid import UUID

from shared.billing.promotions.codes import random_code
from shared.billing.promotions.events import PromotionCodesAskedV1
from shared.platform import background, csv_files
from shared.platform.background import Job
from shared.platform.csv_files import Sink, Written
from shared.platform.work import Work

KIND, NEEDS = "promotions.codes", "promotions:edit"
MOST = 10_000
PROMOTION_GONE = "promotion_deleted"

_LIVES = "SELECT id FROM billing.promotions WHERE id = %(id)s AND deleted_at IS NULL FOR SHARE"
# One that was drawn twice, or is another promotion's, is drawn anew.
_KEEP = """
    INSERT INTO billing.promotion_codes (code, promotion_id, is_unique, job_id, created_at)
    SELECT code, %(promotion)s, true, %(job)s, %(now)s FROM unnest(%(codes)s::text[]) AS code
    ON CONFLICT (brand_id, code) DO NOTHING
"""
_OF_JOB = "SELECT code FROM billing.promotion_codes WHERE job_id = %(job)s ORDER BY code"


def open_job(work: Work, promotion_id: UUID, owner: UUID, count: int, prefix: str) -> UUID:
    """A job that draws so many codes."""
    asked = {"promotion_id": str(promotion_id), "count": count, "prefix": prefix}
    job_id = background.open_job(work, KIND, needs=NEEDS, owner=owner, asked=asked)
    work.tell(PromotionCodesAskedV1(job_id=job_id), key=str(job_id))
    return job_id


def draw(work: Work, job_id: UUID) -> Written | None:
    """Draw the job's codes, unless a delivery before this one has, and write them into a file; None when the job is over."""
    job = background.lock_open(work, job_id, KIND)
    if job is None:
        return None
    if job.done == 0 and not _drawn(work, job):
        background.fail(work, job.id, PROMOTION_GONE)
        return None
    codes = [row.code for row in work.all(_OF_JOB, job=job.id)]
    return csv_files.to_disk(work, job.id, csv_files.name_of(work, "codes"), lambda into: _write(codes, into))


def _drawn(work: Work, job: Job) -> bool:
    promotion_id, count = UUID(job.asked["promotion_id"]), int(job.asked["count"])
    if work.one(_LIVES, id=promotion_id) is None:
        return False
    missing = count
    while missing:
        codes = [random_code(job.asked["prefix"]) for _ in range(missing)]
        missing -= work.run(_KEEP, codes=codes, promotion=promotion_id, job=job.id, now=work.now)
    background.start(work, job, count)
    background.advance(work, job, count, {"codes_drawn": count})
    return True


def _write(codes: list[str], into: Sink) -> int:
    csv_files.sheet(into).writerows([["code"], *([code] for code in codes)])
    return len(codes)
