"""raise_alerts."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from functions.platform import raise_alerts
from functions.platform.raise_alerts import handler
from shared.platform import alerting, aws, clock, statistics
from shared.platform import alerts as raising
from shared.platform.brands import Brand
from shared.platform.database import Role
from shared.platform.events import Event
from shared.platform.watch import Watch
from shared.platform.work import Work, begin
from tests.shop import product, sell, variant


class LampLitV1(Event):
    n: int


DEPTHS: dict[str, int] = {}


@pytest.fixture(autouse=True)
def _queues(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQS, with these dead letters."""
    DEPTHS.clear()
    statistics.forget()

    def answered(service: str, operation: str, body: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
        if operation == "ListQueues":
            return {"QueueUrls": [f"http://sqs/0/local-{name}-dead" for name in DEPTHS]}
        name = body["QueueUrl"].rpartition("local-")[2].removesuffix("-dead")
        return {"Attributes": {"ApproximateNumberOfMessages": str(DEPTHS[name])}}

    monkeypatch.setattr(aws, "call", answered)


def serve(brand: Brand, count: int, ms: float = 10.0, status: int = 200) -> None:
    statistics._of(brand.id).due = float("inf")
    for _ in range(count):
        statistics.observe(brand, "lamps/list", "GET /v1/lamps", status, ms, Watch())
    statistics.write(brand)


def alerts(brand: Brand) -> list[tuple[str, str, str, str]]:
    with begin(brand, "test") as work:
        rows = work.all(
            "SELECT rule, subject, level, state FROM platform.alerts ORDER BY rule, raised_at, subject"
        )
    return [tuple(row) for row in rows]


def change(sql: str, **params: object) -> None:
    with begin(None, "test", Role.JOBS) as work:
        work.run(sql, **{"now": work.now} | params)


def ran(job: str, succeeded: timedelta, failed: int = 0, error: str | None = None) -> None:
    with begin(None, "test", Role.JOBS) as work:
        work.run(
            "INSERT INTO platform.job_runs (job, started_at, finished_at, succeeded_at, failed, error)"
            " VALUES (%(job)s, %(at)s, %(at)s, %(at)s, %(failed)s, %(error)s)",
            job=job,
            at=work.now - succeeded,
            failed=failed,
            error=error,
        )


def tell(brand: Brand, ago: timedelta) -> None:
    with begin(brand, "test", now=clock.now() - ago) as work:
        work.tell(LampLitV1(n=1))


def test_where_nothing_is_wrong_nothing_is_raised(brand: Brand) -> None:
    serve(brand, 1000)
    assert handler({})["processed"] == 0
    assert alerts(brand) == []


def test_slow_and_failing_endpoints_are_their_own_brands_alerts(brand: Brand, another_brand: Brand) -> None:
    serve(brand, 90)
    serve(brand, 10, ms=900.0)
    serve(another_brand, 95)
    serve(another_brand, 5, status=500)
    assert handler({})["processed"] == 2
    assert alerts(brand) == [("endpoint.slow", "lamps/list", "warning", "open")]
    assert alerts(another_brand) == [("endpoint.failing", "lamps/list", "warning", "open")]
    serve(another_brand, 100, status=503)
    handler({})
    assert alerts(another_brand) == [("endpoint.failing", "lamps/list", "critical", "open")]


@pytest.mark.parametrize(("count", "ms", "status"), [(40, 900.0, 200), (2, 10.0, 500), (1000, 210.0, 200)])
def test_too_little_or_not_slow_enough_says_nothing(brand: Brand, count: int, ms: float, status: int) -> None:
    serve(brand, count, ms, status)
    handler({})
    assert alerts(brand) == []


def test_an_alert_is_raised_once_and_resolved_when_it_is_over(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(brand, 100, ms=900.0)
    assert [handler({})["processed"] for _ in range(3)] == [1, 0, 0]
    now = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert handler({})["processed"] == 1
    assert alerts(brand) == [("endpoint.slow", "lamps/list", "warning", "resolved")]
    serve(brand, 100, ms=900.0)
    handler({})
    assert [state for *_, state in alerts(brand)] == ["resolved", "open"]


def test_events_that_were_given_up_or_wait_too_long_are_their_brands_alerts(
    brand: Brand, another_brand: Brand
) -> None:
    tell(brand, timedelta(minutes=6))
    tell(another_brand, timedelta(minutes=4))
    handler({})
    assert alerts(brand) == [("events.waiting", "outbox", "critical", "open")]
    assert alerts(another_brand) == []
    change("UPDATE platform.outbox_events SET status = 'dead'")
    handler({})
    assert alerts(brand) == [
        ("events.dead", "outbox", "critical", "open"),
        ("events.waiting", "outbox", "critical", "resolved"),
    ]
    assert alerts(another_brand) == [("events.dead", "outbox", "critical", "open")]


def test_jobs_that_fail_or_do_not_succeed_any_more_concern_every_brand(
    brand: Brand, another_brand: Brand
) -> None:
    ran("relay_outbox", timedelta(minutes=5), error="KeyError: 'total'")
    ran("cancel_unpaid_orders", timedelta(minutes=5), failed=2)
    ran("release_expired_reservations", timedelta(minutes=30))
    ran("purge_expired", timedelta(days=2))
    ran("no_longer_there", timedelta(days=400))
    handler({})
    for each in (brand, another_brand):
        assert alerts(each) == [
            ("job.failed", "cancel_unpaid_orders", "warning", "open"),
            ("job.failed", "relay_outbox", "critical", "open"),
            ("job.overdue", "release_expired_reservations", "critical", "open"),
        ]


def test_dead_letters_concern_every_brand_until_they_are_gone(brand: Brand) -> None:
    DEPTHS.update({"orders-on-order-paid": 3, "quiet": 0})
    handler({})
    assert alerts(brand) == [("queue.dead_letters", "orders-on-order-paid", "critical", "open")]
    DEPTHS.clear()
    handler({})
    assert alerts(brand) == [("queue.dead_letters", "orders-on-order-paid", "critical", "resolved")]


def test_what_cannot_be_looked_at_is_not_over(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    DEPTHS["orders-on-order-paid"] = 3
    handler({})

    def silent(*_: Any, **__: Any) -> dict[str, Any]:
        raise OSError("unreachable")

    monkeypatch.setattr(aws, "call", silent)
    tell(brand, timedelta(hours=1))
    assert handler({})["processed"] == 1
    assert [(rule, state) for rule, _, _, state in alerts(brand)] == [
        ("events.waiting", "open"),
        ("queue.dead_letters", "open"),
    ]


def test_alerts_that_another_job_raises_are_left_alone(brand: Brand) -> None:
    change(
        "INSERT INTO platform.alerts (brand_id, id, rule, subject, level, state, message, details, raised_at, seen_at)"
        " VALUES (%(brand)s, %(id)s, %(rule)s, 'audit', 'critical', 'open', '', '{}', %(now)s, %(now)s)",
        brand=brand.id,
        id=uuid4(),
        rule=alerting.AUDIT_BROKEN,
    )
    handler({})
    assert [state for *_, state in alerts(brand)] == ["open"]


def test_stock_below_its_threshold_is_told_by_brand(brand: Brand, another_brand: Brand) -> None:
    sell(brand, product("lamp", variant("LAMP")), product("desk", variant("DESK")), units=5)
    sell(another_brand, product("lamp", variant("LAMP2")), units=5)
    change(
        "UPDATE inventory.inventory_items SET low_threshold = 5 WHERE brand_id = %(brand)s", brand=brand.id
    )
    handler({})
    assert alerts(brand) == [("stock.low", "inventory", "warning", "open")]
    assert alerts(another_brand) == []
    change("UPDATE inventory.inventory_items SET safety_stock = 5 WHERE brand_id = %(brand)s", brand=brand.id)
    handler({})
    assert alerts(brand) == [
        ("stock.low", "inventory", "warning", "resolved"),
        ("stock.out", "inventory", "critical", "open"),
    ]


def test_worse_than_what_was_acknowledged_is_open_again(brand: Brand) -> None:
    serve(brand, 95)
    serve(brand, 5, status=500)
    handler({})
    change(
        "UPDATE platform.alerts SET state = 'acknowledged', acknowledged_at = %(now)s, acknowledged_by = %(by)s",
        by=uuid4(),
    )
    handler({})
    assert [state for *_, state in alerts(brand)] == ["acknowledged"]
    serve(brand, 50, status=500)
    handler({})
    assert [(level, state) for _, _, level, state in alerts(brand)] == [("critical", "open")]


def test_one_brands_mishap_does_not_keep_the_others_from_theirs(
    brand: Brand, another_brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(brand, timedelta(hours=1))
    tell(another_brand, timedelta(hours=1))
    real = raising.raise_alert

    def failing(work: Work, finding: Any) -> None:
        if work.brand.id == brand.id:
            raise RuntimeError("no")
        real(work, finding)

    monkeypatch.setattr(raising, "raise_alert", failing)
    counts = handler({})
    assert (counts["processed"], counts["failed"] > 0, counts["finished"]) == (1, True, False)
    assert len(alerts(another_brand)) == 1


def test_every_rule_of_the_job_may_be_told_apart() -> None:
    assert len(set(raise_alerts.RULES)) == len(raise_alerts.RULES)
