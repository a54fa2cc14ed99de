"""GET /v1/admin/health — database, outbox, queues, dead letters, and the last run of each job."""

from datetime import datetime
from typing import Literal

from shared.identity.callers import Staff
from shared.platform import health
from shared.platform.aws import AwsError
from shared.platform.doors import Steps, endpoint
from shared.platform.health import QueueDepth
from shared.platform.logs import log
from shared.platform.models import Outcome, Pending, Response
from shared.platform.schedules import schedules
from shared.platform.work import Work


class OutboxHealth(Response):
    """Events of this brand that wait to be published, that were given up, and how long the oldest has waited."""

    pending: int
    dead: int
    lag_seconds: float


class JobHealth(Response):
    """How a job last ran; `error` only when that run failed. All but `job` and `every` is null of one that has never run."""

    job: str
    every: str | None
    started_at: datetime | None
    finished_at: datetime | None
    succeeded_at: datetime | None
    processed: int | None
    failed: int | None
    finished: bool | None
    error: str | None


class DatabaseHealth(Response):
    """PostgreSQL's own version; an answer at all means that it answers."""

    status: Literal["ok"] = "ok"
    version: str


class PlatformHealth(Response):
    """`degraded` when something needs a look. `queues` is null when SQS does not answer."""

    status: Literal["ok", "degraded"]
    database: DatabaseHealth
    outbox: OutboxHealth
    queues: dict[str, QueueDepth] | None
    jobs: list[JobHealth]


class Seen(Pending):
    """What the database says."""

    version: str
    outbox: OutboxHealth
    jobs: list[JobHealth]


class Depths(Outcome):
    """What SQS says."""

    queues: dict[str, QueueDepth] | None


def look(caller: Staff, work: Work) -> Seen:
    waiting = health.outbox(work)
    lag = (work.now - waiting.oldest).total_seconds() if waiting.oldest else 0.0
    return Seen(
        version=work.value("SHOW server_version"),
        outbox=OutboxHealth(pending=waiting.pending, dead=waiting.dead, lag_seconds=max(0.0, lag)),
        jobs=_jobs(work),
    )


def _jobs(work: Work) -> list[JobHealth]:
    """Every job of this deployment, and those of earlier ones that have run here."""
    known, runs = schedules(), {run.job: run._asdict() for run in health.job_runs(work)}
    never = dict.fromkeys(
        ("started_at", "finished_at", "succeeded_at", "processed", "failed", "finished", "error")
    )
    return [
        JobHealth(
            **{"job": job, **never} | runs.get(job, {}), every=known[job].every if job in known else None
        )
        for job in sorted(known.keys() | runs.keys())
    ]


def ask_queues(seen: Seen) -> Depths:
    try:
        return Depths(queues=health.queue_depths())
    except (AwsError, OSError) as error:
        log.warning("queues unseen", extra={"reason": str(error)})
        return Depths(queues=None)


def answer(seen: Seen, depths: Depths, work: Work) -> PlatformHealth:
    dead = seen.outbox.dead + sum(depth.dlq for depth in (depths.queues or {}).values())
    failing = dead or depths.queues is None or any(run.error for run in seen.jobs)
    return PlatformHealth(
        status="degraded" if failing else "ok",
        database=DatabaseHealth(version=seen.version),
        outbox=seen.outbox,
        queues=depths.queues,
        jobs=seen.jobs,
    )


handler = endpoint("GET", "/v1/admin/health", Steps(look, ask_queues, answer), needs="health:read")
