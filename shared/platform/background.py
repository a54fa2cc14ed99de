"""Background jobs: long work that somebody asked for and looks after; an import, an export, a mass change.

A job is a row. Whoever takes the order opens it and tells a fact of their own; the consumer of that fact does the work in one batch
or, telling itself of the next one, in many. Each batch locks the job, looks where it stands (`done`), and moves it in the transaction of
its effect, so that a batch delivered twice or cut short is neither doubled nor lost. `report` keeps what went wrong, line by line;
a result is a private file. One that nothing was heard of for `stalled.AFTER` has failed, and says so. Rows are forgotten after `KEPT`, their
files by the bucket's own rule.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from shared.kernel.ids import new_id
from shared.kernel.refusals import NotFound
from shared.platform.work import Work

type Status = Literal["waiting", "running", "done", "failed"]
type Severity = Literal["error", "warning"]

KEPT = timedelta(days=30)
# How long a result can be had; the bucket deletes it a day later.
RESULT_KEPT = timedelta(days=7)
# What a report says at most; past it, a job counts on without a line.
MOST_LINES = 20_000
_MESSAGE_LENGTH = 500


class JobNotFound(NotFound):
    """There is no such job here."""


class Job(NamedTuple):
    """A job as it stands. `needs` is the permission that its result asks for, `asked` what was ordered; `total` is None while
    nobody knows it; `counts` are its own words for what came of it; `problem` is the code of why it failed."""

    id: UUID
    kind: str
    needs: str
    owner: UUID | None
    status: Status
    asked: dict[str, Any]
    done: int
    total: int | None
    counts: dict[str, int]
    lines: int
    problem: str | None
    result_key: str | None
    result_name: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.finished_at is None


class Line(NamedTuple):
    """One line of a report: the row of the file and its column, where there is one, and what is wrong."""

    row: int | None
    column: str | None
    severity: Severity
    code: str
    message: str


_COLUMNS = ", ".join(Job._fields)
_OPEN = """
    INSERT INTO platform.background_jobs (id, kind, needs, owner, status, asked, created_at, expires_at)
    VALUES (%(id)s, %(kind)s, %(needs)s, %(owner)s, 'waiting', %(asked)s::jsonb, %(now)s, %(expires_at)s)
"""
_REPORT = """
    INSERT INTO platform.background_job_lines (job_id, number, "row", "column", severity, code, message)
    SELECT %(id)s, %(after)s + number, (line ->> 0)::int, line ->> 1, line ->> 2, line ->> 3, line ->> 4
      FROM jsonb_array_elements(%(lines)s::jsonb) WITH ORDINALITY AS given(line, number)
"""


def open_job(work: Work, kind: str, *, needs: str, owner: UUID | None, asked: Mapping[str, Any]) -> UUID:
    """A new job that waits to be started; `asked` is JSON-ready."""
    job_id = new_id(work.now)
    work.run(
        _OPEN,
        id=job_id,
        kind=kind,
        needs=needs,
        owner=owner,
        asked=json.dumps(asked),
        now=work.now,
        expires_at=work.now + KEPT,
    )
    return job_id


def find(work: Work, job_id: UUID) -> Job:
    """The job. Raises JobNotFound."""
    row = work.one(f"SELECT {_COLUMNS} FROM platform.background_jobs WHERE id = %(id)s", id=job_id)
    if row is None:
        raise JobNotFound
    return Job(*row)


def lock_open(work: Work, job_id: UUID, kind: str) -> Job | None:
    """The job, locked until the end of the transaction; None when it is over, or nobody's of this kind."""
    row = work.one(
        f"SELECT {_COLUMNS} FROM platform.background_jobs WHERE id = %(id)s AND kind = %(kind)s FOR UPDATE",
        id=job_id,
        kind=kind,
    )
    job = Job(*row) if row else None
    return job if job and job.is_open else None


def start(work: Work, job: Job, total: int | None) -> None:
    """It runs from now on, unless it already did; `total` is how much there is to do."""
    work.run(
        """UPDATE platform.background_jobs
              SET status = 'running', total = %(total)s, started_at = coalesce(started_at, %(now)s), moved_at = %(now)s
            WHERE id = %(id)s""",
        id=job.id,
        total=total,
        now=work.now,
    )


def advance(work: Work, job: Job, done: int, counts: Mapping[str, int]) -> None:
    """`done` more is done, and `counts` came of it."""
    summed = {name: job.counts.get(name, 0) + counts.get(name, 0) for name in {**job.counts, **counts}}
    work.run(
        """UPDATE platform.background_jobs SET done = done + %(done)s, counts = %(counts)s::jsonb, moved_at = %(now)s
            WHERE id = %(id)s""",
        id=job.id,
        done=done,
        counts=json.dumps(summed),
        now=work.now,
    )


def report(work: Work, job_id: UUID, lines: Sequence[Line]) -> None:
    """Write down what is wrong, behind what was written before; what is too much is left out. The job is locked."""
    if not lines:
        return
    after = int(
        work.value("SELECT lines FROM platform.background_jobs WHERE id = %(id)s FOR UPDATE", id=job_id)
    )
    kept = [line._replace(message=line.message[:_MESSAGE_LENGTH]) for line in lines[: MOST_LINES - after]]
    if kept:
        work.run(_REPORT, id=job_id, after=after, lines=json.dumps(kept))
        work.run(
            "UPDATE platform.background_jobs SET lines = lines + %(more)s WHERE id = %(id)s",
            id=job_id,
            more=len(kept),
        )


def finish(
    work: Work, job_id: UUID, *, result_key: str | None = None, result_name: str | None = None
) -> None:
    """It is done; its result, if there is one, is the private file `result_key`, saved as `result_name`."""
    work.run(
        """UPDATE platform.background_jobs
              SET status = 'done', finished_at = %(now)s, result_key = %(key)s, result_name = %(name)s,
                  started_at = coalesce(started_at, %(now)s) WHERE id = %(id)s AND finished_at IS NULL""",
        id=job_id,
        now=work.now,
        key=result_key,
        name=result_name,
    )


def fail(work: Work, job_id: UUID, problem: str) -> None:
    """It is over without its effect; `problem` is a code."""
    work.run(
        """UPDATE platform.background_jobs
              SET status = 'failed', finished_at = %(now)s, problem = %(problem)s,
                  started_at = coalesce(started_at, %(now)s) WHERE id = %(id)s AND finished_at IS NULL""",
        id=job_id,
        now=work.now,
        problem=problem,
    )


def lines_of(work: Work, job_id: UUID, limit: int, offset: int) -> list[Line]:
    """A part of a report, in the order of its writing."""
    rows = work.all(
        """SELECT "row", "column", severity, code, message FROM platform.background_job_lines
            WHERE job_id = %(id)s AND number > %(offset)s ORDER BY number LIMIT %(limit)s""",
        id=job_id,
        offset=offset,
        limit=limit,
    )
    return [Line(*row) for row in rows]
