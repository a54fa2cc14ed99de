"""The job's door: bounded batches across brands, one mishap keeps nobody else from its turn."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.platform import retention, steps
from shared.platform.brands import Brand
from shared.platform.database import Role
from shared.platform.doors import Steps, job
from shared.platform.events import Event
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work, begin
from tests.gateway import Bus
from tests.killing import Killed


class LampLitV1(Event):
    n: int


class LampOutV1(Event):
    n: int


def lit(work: Work, stuck: list[UUID]) -> list[Any]:
    return work.all(
        "SELECT id, brand_id, data FROM platform.outbox_events"
        " WHERE type = 'lamp.lit' AND brand_id <> ALL(%(stuck)s) ORDER BY position LIMIT 2",
        stuck=stuck,
    )


def put_out(work: Work, rows: list[Any]) -> int:
    if any(row.data["n"] < 0 for row in rows):
        raise ValueError("stuck")
    for row in rows:
        work.tell(LampOutV1(n=row.data["n"]))
    return work.run(
        "DELETE FROM platform.outbox_events WHERE id = ANY(%(ids)s)", ids=[row.id for row in rows]
    )


def light(brand: Brand, *numbers: int) -> None:
    with begin(brand, "tests") as work:
        for number in numbers:
            work.tell(LampLitV1(n=number))


sweep = job("put_out_lamps", put_out, every="1 minute", find=lit)


def test_batches_repeat_until_nothing_is_due(brand: Brand, another_brand: Brand, bus: Bus) -> None:
    light(brand, 1, 2, 3)
    light(another_brand, 4, 5)
    assert sweep({}) == {"job": "put_out_lamps", "processed": 5, "failed": 0, "finished": True}
    bus.relay()
    assert {(detail["brand_id"], detail["data"]["n"]) for detail in bus.of("lamp.out")} == {
        *((str(brand.id), n) for n in (1, 2, 3)),
        *((str(another_brand.id), n) for n in (4, 5)),
    }
    assert sweep({})["processed"] == 0


def test_one_brands_mishap_does_not_keep_the_job_from_the_next(
    brand: Brand, another_brand: Brand, bus: Bus
) -> None:
    light(brand, -1, -1, -1, 2)
    light(another_brand, 1)
    counts = sweep({})
    assert (counts["processed"], counts["failed"], counts["finished"]) == (1, 2, False)


def test_one_rows_mishap_does_not_keep_the_brands_others(brand: Brand, bus: Bus) -> None:
    light(brand, -1, 1)
    counts = sweep({})
    assert (counts["processed"], counts["failed"], counts["finished"]) == (1, 1, False)


def test_it_stops_before_its_time_is_out(brand: Brand, bus: Bus) -> None:
    class Context:
        aws_request_id = "run"

        def get_remaining_time_in_millis(self) -> int:
            return 0

    light(brand, 1, 2, 3, 4, 5)
    assert sweep({}, Context()) == {"job": "put_out_lamps", "processed": 2, "failed": 0, "finished": False}
    assert sweep({})["processed"] == 3


def test_its_last_run_is_kept_for_staff_to_see(brand: Brand, bus: Bus) -> None:
    light(brand, 1)
    sweep({})
    with begin(brand, "tests") as work:
        (row,) = work.all("SELECT job, processed, failed, finished, error FROM platform.job_runs")
    assert tuple(row) == ("put_out_lamps", 1, 0, True, None)


def test_a_run_that_breaks_says_why(brand: Brand, bus: Bus) -> None:
    def broken(work: Work, stuck: list[UUID]) -> list[Any]:
        raise RuntimeError("no such thing")

    with pytest.raises(RuntimeError):
        job("put_out_lamps", put_out, every="1 minute", find=broken)({})
    with begin(brand, "tests") as work:
        (row,) = work.all("SELECT error, succeeded_at FROM platform.job_runs")
    assert tuple(row) == ("RuntimeError: no such thing", None)


class Turning(Pending):
    id: str
    n: int


class Turned(Outcome):
    n: int


def turning() -> Steps:
    def record(work: Work, row: Any) -> Turning | None:
        return Turning(id=str(row.id), n=row.data["n"])

    def reach(pending: Turning) -> Turned:
        if pending.n < 0:
            raise RuntimeError("unreachable")
        return Turned(n=pending.n)

    def settle(pending: Turning, outcome: Turned, work: Work) -> None:
        if work.run("DELETE FROM platform.outbox_events WHERE id = %(id)s", id=pending.id):
            work.tell(LampOutV1(n=outcome.n))

    return Steps(record, reach, settle)


def test_a_job_in_steps_goes_row_by_row(brand: Brand, bus: Bus) -> None:
    light(brand, -1, 1)
    counts = job("turn", turning(), every="1 minute", find=lit)({})
    assert counts["processed"] == 1
    assert counts["failed"] >= 1
    bus.relay()
    assert [detail["data"]["n"] for detail in bus.of("lamp.out")] == [1]


@pytest.mark.parametrize("place", ["before_story", "before_commit", "after_reach", "before_settle"])
def test_a_job_in_steps_killed_anywhere_is_finished_by_the_next_run(
    brand: Brand, bus: Bus, place: str
) -> None:

    def die(name: str, function: str) -> None:
        if name == place:
            raise Killed

    light(brand, 1)
    turn = job("turn", turning(), every="1 minute", find=lit)
    steps.install(die)
    with pytest.raises(Killed):
        turn({})
    steps.install(None)
    turn({})
    bus.relay()
    assert [detail["data"]["n"] for detail in bus.of("lamp.out")] == [1]


def test_what_has_served_its_time_is_purged_and_nothing_else(brand: Brand, bus: Bus) -> None:
    light(brand, 1, 2, 3)
    bus.relay()
    light(brand, 4)
    with begin(None, "tests", Role.JOBS) as work:
        work.run(
            "UPDATE platform.outbox_events SET published_at = %(old)s WHERE data = '{\"n\": 1}'",
            old=work.now - retention.EVENTS - timedelta(seconds=1),
        )
    assert retention.purge_batch() == (1, 0)
    with begin(brand, "tests") as work:
        left = [
            row.data["n"] for row in work.all("SELECT data FROM platform.outbox_events ORDER BY position")
        ]
    assert left == [2, 3, 4]
