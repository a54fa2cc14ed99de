"""GET /v1/admin/jobs/{job_id} — how far an import, an export or another long job is, what it reports, and its result."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from shared.identity.callers import NotAllowed, Staff
from shared.platform import background, private_files
from shared.platform.background import Job, JobNotFound
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work

LINK_LIVES = timedelta(hours=1)


class ReportQuery(ListQuery):
    """Which part of the report."""


class Progress(Response):
    """`total` is null until it is known."""

    done: int
    total: int | None


class ReportLine(Response):
    """What is wrong in which row of a file (the heading is row 1) and which column; a warning changed nothing else."""

    row: int | None
    column: str | None
    severity: Literal["error", "warning"]
    code: str
    message: str


class JobResult(Response):
    """A file to download, for an hour; asking again gives another link, for seven days after the job."""

    url: str
    file_name: str
    expires_at: datetime


class BackgroundJob(Response):
    """A long job. `waiting` for its file or its turn, `running`, `done` or `failed`: then `problem` says why, and it changed nothing
    or no more than `counts` says. `result` is null for who may not have it."""

    id: UUID
    kind: str
    status: Literal["waiting", "running", "done", "failed"]
    progress: Progress
    counts: dict[str, int]
    problem: str | None
    result: JobResult | None
    report: list[ReportLine]
    pagination: Pagination
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def get_job(ask: ReportQuery, job_id: UUID, caller: Staff, work: Work) -> BackgroundJob:
    job = background.find(work, job_id)
    lines = background.lines_of(work, job_id, ask.limit, ask.offset)
    return BackgroundJob(
        id=job.id,
        kind=job.kind,
        status=job.status,
        progress=Progress(done=job.done, total=job.total),
        counts=job.counts,
        problem=job.problem,
        result=_result(job, caller, work.now),
        report=[ReportLine(**line._asdict()) for line in lines],
        pagination=Pagination.of(ask, job.lines),
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def _result(job: Job, caller: Staff, now: datetime) -> JobResult | None:
    if not (job.result_key and job.result_name and job.finished_at) or not _may(caller, job.needs):
        return None
    if now >= job.finished_at + background.RESULT_KEPT:
        return None
    url = private_files.link(job.result_key, job.result_name, LINK_LIVES)
    return JobResult(url=url, file_name=job.result_name, expires_at=now + LINK_LIVES)


def _may(caller: Staff, permission: str) -> bool:
    try:
        caller.check(permission)
    except NotAllowed:
        return False
    return True


handler = endpoint("GET", "/v1/admin/jobs/{job_id}", get_job, needs="jobs:read", refuses=[JobNotFound])
