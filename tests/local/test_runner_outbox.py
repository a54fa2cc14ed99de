"""What was published and not applied before a restart is published again, and nothing else is."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from local.queues.outbox import Outbox, Waiting
from local.templates.system import Listener
from shared.kernel.ids import new_id
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand

NOW = datetime.now(UTC)
LISTENERS = [
    Listener("order.paid", [1], "orders/on_order_paid"),
    Listener("order.paid", None, "points/on_order_paid"),
]


def told(
    database: DatabaseUrls, brand: Brand, *, kind: str, version: int = 1, status: str, age: timedelta
) -> UUID:
    event = new_id(NOW)
    with psycopg.connect(database.jobs, autocommit=True) as jobs:
        jobs.execute(
            "INSERT INTO platform.outbox_events (id, brand_id, type, version, data, occurred_at, correlation_id,"
            " status, next_attempt_at, published_at) VALUES (%s, %s, %s, %s, '{}', %s, 'tests', %s, %s, %s)",
            (
                event,
                brand.id,
                kind,
                version,
                NOW - age,
                status,
                NOW,
                NOW - age if status == "published" else None,
            ),
        )
    return event


def applied(database: DatabaseUrls, brand: Brand, event: UUID, *consumers: str) -> None:
    with psycopg.connect(database.jobs, autocommit=True) as jobs:
        for consumer in consumers:
            jobs.execute(
                "INSERT INTO platform.inbox (consumer, event_id, brand_id, applied_at) VALUES (%s, %s, %s, %s)",
                (consumer, event, brand.id, NOW),
            )


def recovered(database: DatabaseUrls) -> tuple[int, Waiting]:
    async def story() -> tuple[int, Waiting]:
        outbox = Outbox(database.jobs)
        try:
            return await outbox.recover(LISTENERS, NOW), await outbox.waiting()
        finally:
            await outbox.close()

    return asyncio.run(story())


@pytest.mark.parametrize(
    ("kind", "version", "consumers", "comes_back"),
    [
        ("order.paid", 1, [], True),
        ("order.paid", 1, ["orders/on_order_paid"], True),
        ("order.paid", 1, ["orders/on_order_paid", "points/on_order_paid"], False),
        ("order.paid", 2, ["points/on_order_paid"], False),
        ("cart.opened", 1, [], False),
    ],
)
def test_an_event_comes_back_while_one_of_its_consumers_lacks_it(
    database: DatabaseUrls, brand: Brand, kind: str, version: int, consumers: list[str], comes_back: bool
) -> None:
    event = told(database, brand, kind=kind, version=version, status="published", age=timedelta(hours=1))
    applied(database, brand, event, *consumers)
    assert recovered(database) == (int(comes_back), Waiting(pending=int(comes_back), dead=0))


def test_what_is_too_old_for_the_inbox_or_given_up_stays_where_it_is(
    database: DatabaseUrls, brand: Brand
) -> None:
    told(database, brand, kind="order.paid", status="published", age=timedelta(days=31))
    told(database, brand, kind="order.paid", status="dead", age=timedelta(hours=1))
    assert recovered(database) == (0, Waiting(pending=0, dead=1))
