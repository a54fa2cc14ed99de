"""The door of a scheduled job: bounded batches, a stop before the time is out, counts as metrics, safe to run twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from time import monotonic
from typing import Any
from uuid import UUID

from shared.platform import clock, metrics, outbox, timers
from shared.platform.brands import brand_by_id
from shared.platform.database import Role
from shared.platform.doors.origin import origin
from shared.platform.doors.steps import Steps
from shared.platform.logs import about, log
from shared.platform.steps import step
from shared.platform.work import Work, begin

_STOP_BEFORE_MS = 5_000
_WITHOUT_CONTEXT_SECONDS = 50
# What EventBridge Scheduler calls itself; whoever runs a job by hand wants it run.
_SCHEDULER = "aws.scheduler"

type Counts = tuple[int, int]
type Find = Callable[[Work, list[UUID]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class JobSpec:
    """What the door knows, from which schedules and samples are checked."""

    name: str
    context: str
    summary: str
    job: str
    every: str


class Job:
    """A Lambda handler for EventBridge Scheduler; answers `{job, processed, failed, finished}`."""

    def __init__(self, spec: JobSpec, story: Callable[..., Any] | Steps, find: Find | None) -> None:
        self.spec, self.story, self.find = spec, story, find
        self._function = f"{spec.context}/{spec.name}"

    def __call__(self, event: dict[str, Any], context: Any = None) -> dict[str, Any]:
        run = str(getattr(context, "aws_request_id", "") or self.spec.job)
        about(self._function, run, run)
        if (event or {}).get("source") == _SCHEDULER and timers.resting(self.spec.every):
            return {"job": self.spec.job, "processed": 0, "failed": 0, "finished": True}
        started = clock.now()
        deadline = monotonic() + (
            (context.get_remaining_time_in_millis() - _STOP_BEFORE_MS) / 1000
            if context
            else _WITHOUT_CONTEXT_SECONDS
        )
        processed = failed = 0
        finished, error = False, None
        stuck: list[UUID] = []
        try:
            while True:
                known = len(stuck)
                done, undone = self._batch(run, stuck)
                processed, failed = processed + done, failed + undone
                if done or undone:
                    # It may have left something to do.
                    timers.arm()
                if not done and len(stuck) == known:
                    finished = not failed
                    break
                if monotonic() >= deadline:
                    break
        except Exception as caught:
            error = f"{type(caught).__name__}: {caught}"[:500]
            raise
        finally:
            self._note(started, processed, failed, finished, error)
            # A metric is paid by the hours in which it says something, and nothing done is nothing said.
            for name, value in (("JobProcessed", processed), ("JobFailed", failed + (error is not None))):
                if value:
                    metrics.count(name, value)
            metrics.flush(self._function)
        log.info(
            "job",
            extra={"job": self.spec.job, "processed": processed, "failed": failed, "finished": finished},
        )
        return {"job": self.spec.job, "processed": processed, "failed": failed, "finished": finished}

    def _batch(self, run: str, stuck: list[UUID]) -> Counts:
        if self.find is None:
            assert not isinstance(self.story, Steps), "Steps need find"
            counts: Counts = self.story()
            return counts
        with begin(None, run, Role.JOBS) as work:
            due = sorted(self.find(work, stuck), key=lambda row: row.brand_id)
        processed = failed = 0
        for brand_id, rows in groupby(due, key=lambda row: row.brand_id):
            done, undone = self._in_brand(brand_id, list(rows), run)
            processed, failed = processed + done, failed + undone
            if undone:
                stuck.append(brand_id)
        return processed, failed

    def _in_brand(self, brand_id: Any, rows: list[Any], run: str) -> Counts:
        brand = brand_by_id(brand_id)
        if isinstance(self.story, Steps):
            counts = [self._guarded(1, self._one_in_steps, self.story, brand, row, run) for row in rows]
            return sum(done for done, _ in counts), sum(undone for _, undone in counts)
        done, undone = self._guarded(len(rows), self._together, self.story, brand, rows, run)
        if not undone or len(rows) == 1:
            return done, undone
        # One row's mishap must not keep the brand's others.
        counts = [self._guarded(1, self._together, self.story, brand, [row], run) for row in rows]
        return sum(done for done, _ in counts), sum(undone for _, undone in counts)

    def _guarded(self, rows: int, apply: Callable[..., int], *arguments: Any) -> Counts:
        """One brand's or one row's mishap must not keep the job from the others."""
        try:
            return apply(*arguments), 0
        except Exception:
            log.exception("job rows failed", extra={"job": self.spec.job, "rows": rows})
            return 0, rows

    def _together(self, story: Callable[..., int], brand: Any, rows: list[Any], run: str) -> int:
        with begin(brand, run, Role.JOBS) as work:
            step("before_story", self._function)
            done = story(work, rows)
            step("before_commit", self._function)
        self._after_commit(work)
        return done

    def _one_in_steps(self, story: Steps, brand: Any, row: Any, run: str) -> int:
        with begin(brand, run, Role.JOBS) as work:
            step("before_story", self._function)
            pending = story.record(work, row)
            step("before_commit", self._function)
        self._after_commit(work)
        if pending is None:
            return 0
        step("before_reach", self._function)
        outcome = story.reach(pending)
        step("after_reach", self._function)
        with begin(brand, run, Role.JOBS) as work:
            step("before_settle", self._function)
            story.settle(pending, outcome, work)
            step("before_commit", self._function)
        self._after_commit(work)
        return 1

    def _after_commit(self, work: Work) -> None:
        step("after_commit", self._function)
        if work.wakes_relay:
            outbox.wake_relay()

    def _note(self, started: Any, processed: int, failed: int, finished: bool, error: str | None) -> None:
        try:
            with begin(None, self.spec.job, Role.JOBS) as work:
                work.run(
                    _NOTE,
                    job=self.spec.job,
                    started=started,
                    now=work.now,
                    succeeded=None if error else work.now,
                    processed=processed,
                    failed=failed,
                    finished=finished,
                    error=error,
                )
        except Exception:
            log.exception("run not noted")


_NOTE = """
    INSERT INTO platform.job_runs AS r (job, started_at, finished_at, succeeded_at, processed, failed, finished, error)
    VALUES (%(job)s, %(started)s, %(now)s, %(succeeded)s, %(processed)s, %(failed)s, %(finished)s, %(error)s)
    ON CONFLICT (job) DO UPDATE
       SET started_at = excluded.started_at, finished_at = excluded.finished_at, processed = excluded.processed,
           succeeded_at = coalesce(excluded.succeeded_at, r.succeeded_at), failed = excluded.failed,
           finished = excluded.finished, error = excluded.error
"""


def job(
    name: str,
    story: Callable[..., Any] | Steps,
    *,
    every: str,
    find: Find | None = None,
) -> Job:
    """The handler of the job `name`, run `every` ("1 minute", "1 day", "cron(…)").

    With `find(work, stuck)`, a bounded batch of due rows (each with `brand_id`) is found across brands, except those in `stuck`: brands
    that failed in this run, which must not keep the others from their turn. Then `story(work, rows)` is told
    per brand, in that brand's transaction, and answers how many rows it really changed; it must look again under a lock, for
    another run may have been there first. With Steps, `record(work, row)` (None: nothing to do any more), `reach(pending)`,
    `settle(pending, outcome, work)` go row by row. Without `find`, `story()` runs one
    batch by itself and answers (processed, failed). Batches repeat until one processes nothing.
    """
    here = origin()
    return Job(JobSpec(here.name, here.context, here.summary, name, every), story, find)
