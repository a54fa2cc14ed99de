"""The scheduled jobs of this deployment, and running one by hand."""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from shared.kernel.refusals import NotFound, Refusal
from shared.platform.logs import log
from shared.platform.settings import settings

# Written by `python -m functions` from the jobs' doors.
_JOBS = Path(__file__).with_name("jobs.json")
# Within the gateway's 29 s; a job that takes longer goes on by itself.
_WAIT_SECONDS = 20
_CONNECT_SECONDS = 3
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


class JobNotFound(NotFound):
    """There is no such job."""


class JobNotStarted(Refusal):
    """The job could not be started; try again in a moment."""

    status = 503


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job: `function` is its function's name without the stage, `period` None when a calendar decides."""

    job: str
    function: str
    every: str

    @property
    def period(self) -> timedelta | None:
        """How long from one run to the next."""
        number, _, unit = self.every.partition(" ")
        return int(number) * _UNITS[unit.removesuffix("s")] if number.isdigit() else None


@dataclass(frozen=True, slots=True)
class Run:
    """How a run by hand went: `report` is what the job answered (its counts), or what Lambda says of its failure."""

    state: Literal["finished", "failed", "running"]
    report: dict[str, Any]


@cache
def schedules() -> dict[str, Schedule]:
    """Every job by its name."""
    return {job: Schedule(job, **told) for job, told in json.loads(_JOBS.read_bytes()).items()}


def run(job: str) -> Run:
    """Invoke the job's function and wait for it, as long as a request may take. Raises JobNotFound, JobNotStarted."""
    schedule = schedules().get(job)
    if schedule is None:
        raise JobNotFound
    from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

    try:
        answer = _lambda().invoke(
            FunctionName=f"{settings().stage}-{schedule.function}", Qualifier="live", Payload=b"{}"
        )
    except ReadTimeoutError:
        # Lambda does not end a function because its caller has gone.
        return Run("running", {})
    except (BotoCoreError, ClientError) as error:
        log.warning("job not started", extra={"job": job, "reason": str(error)})
        raise JobNotStarted from error
    report: Any = json.loads(answer["Payload"].read() or b"{}")
    return Run(
        "failed" if answer.get("FunctionError") else "finished", report if isinstance(report, dict) else {}
    )


@cache
def _lambda() -> Any:
    import boto3
    from botocore.config import Config

    once = Config(
        connect_timeout=_CONNECT_SECONDS, read_timeout=_WAIT_SECONDS, retries={"total_max_attempts": 1}
    )
    return boto3.client("lambda", config=once)


def forget() -> None:
    """Drop the client: for tests."""
    _lambda.cache_clear()
