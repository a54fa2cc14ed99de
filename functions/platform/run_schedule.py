"""POST /v1/admin/schedules/{name}/run — run a scheduled job now, by hand."""

from typing import Any, Literal

from shared.identity.callers import Staff
from shared.platform import schedules
from shared.platform.doors import Steps, endpoint
from shared.platform.models import Outcome, Pending, Response
from shared.platform.schedules import JobNotFound, JobNotStarted
from shared.platform.work import Work


class JobRun(Response):
    """`running`: it takes longer than a request may, and goes on; `GET /v1/admin/health` tells how it ends. The counts are null
    unless it has finished; `finished` false says that more is due than one run may do."""

    job: str
    state: Literal["finished", "failed", "running"]
    processed: int | None
    failed: int | None
    finished: bool | None
    error: str | None


class Asked(Pending):
    job: str


class Ran(Outcome):
    state: Literal["finished", "failed", "running"]
    report: dict[str, Any]


def ask(name: str, caller: Staff, work: Work) -> Asked:
    if name not in schedules.schedules():
        raise JobNotFound
    return Asked(job=name)


def run(asked: Asked) -> Ran:
    ran = schedules.run(asked.job)
    return Ran(state=ran.state, report=ran.report)


def answer(asked: Asked, ran: Ran, work: Work) -> JobRun:
    report = ran.report
    error = f"{report.get('errorType', 'Error')}: {report.get('errorMessage', '')}"
    return JobRun(
        job=asked.job,
        state=ran.state,
        processed=report.get("processed"),
        failed=report.get("failed"),
        finished=report.get("finished"),
        error=error if ran.state == "failed" else None,
    )


handler = endpoint(
    "POST",
    "/v1/admin/schedules/{name}/run",
    Steps(ask, run, answer),
    needs="schedules:run",
    refuses=[JobNotFound, JobNotStarted],
)
