"""Every 1 hour: jobs that nobody works on are failed, and say so."""

from datetime import timedelta
from uuid import UUID

import pytest

from functions.platform.fail_stalled_jobs import handler
from shared.platform import background, stalled
from shared.platform.background import Job
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer", "bus")

A_WHILE = stalled.AFTER - timedelta(minutes=1)
TOO_LONG = stalled.AFTER + timedelta(minutes=1)


def open_job(brand: Brand) -> UUID:
    with begin(brand, "test") as work:
        return background.open_job(work, "things.count", needs="products:export", owner=None, asked={})


def found(brand: Brand, job_id: UUID) -> Job:
    with begin(brand, "test") as work:
        return background.find(work, job_id)


def test_a_job_that_never_began_or_moves_no_more_has_failed(brand: Brand, at: Clock) -> None:
    waits, runs = open_job(brand), open_job(brand)
    with begin(brand, "test") as work:
        background.start(work, background.find(work, runs), 10)
        background.advance(work, background.find(work, runs), 4, {"things_counted": 4})
    at.time += A_WHILE
    assert handler({}, None)["processed"] == 0
    at.time += TOO_LONG - A_WHILE
    assert handler({}, None)["processed"] == 2
    for job_id in (waits, runs):
        job = found(brand, job_id)
        assert (job.status, job.problem, job.is_open) == ("failed", "stalled", False)
    assert (found(brand, runs).done, found(brand, runs).counts) == (4, {"things_counted": 4})
    assert handler({}, None)["processed"] == 0


def test_one_that_moves_goes_on_however_old_it_is(brand: Brand, at: Clock) -> None:
    job_id = open_job(brand)
    for _ in range(3):
        at.time += A_WHILE
        with begin(brand, "test") as work:
            background.advance(work, background.find(work, job_id), 1, {})
        assert handler({}, None)["processed"] == 0
    assert found(brand, job_id).is_open


def test_one_that_somebody_is_at_is_left_alone(brand: Brand, at: Clock) -> None:
    job_id = open_job(brand)
    at.time += TOO_LONG
    with begin(brand, "test") as work:
        assert background.lock_open(work, job_id, "things.count")
        assert handler({}, None)["processed"] == 0
        background.finish(work, job_id)
    assert handler({}, None)["processed"] == 0
    assert found(brand, job_id).status == "done"


def test_what_is_over_stays_what_it_was(brand: Brand, at: Clock) -> None:
    job_id = open_job(brand)
    with begin(brand, "test") as work:
        background.fail(work, job_id, "rows_refused")
    at.time += TOO_LONG
    assert handler({}, None)["processed"] == 0
    assert found(brand, job_id).problem == "rows_refused"
