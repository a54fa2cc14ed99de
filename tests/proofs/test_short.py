"""A few rounds of `make proofs`: many buyers on few units, and the job that releases what ran out."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import psycopg
import pytest

from shared.inventory import reservations
from shared.inventory.allocation import allocate
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.database_server import TestServer
from tests.proofs import overselling, releasing

_THOUGHT_SECONDS = 0.005


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(overselling.WORKERS) as made:
        yield made
        for done in [made.submit(close_all) for _ in range(overselling.WORKERS)]:
            done.result()


def test_of_many_buyers_on_few_units_none_is_sold_too_much_and_none_is_left_over(
    brand: Brand, pool: ThreadPoolExecutor
) -> None:
    for seed in ("one", "two", "three"):
        outcome = overselling.run(brand, seed, pool, buyers=60)
        assert outcome.good, (seed, outcome)
        assert outcome.sold == 10
        assert outcome.deaths > 0


def test_whoever_takes_their_time_between_looking_and_holding_oversells_nothing(
    brand: Brand, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it a lock that is missing shows in one sale of many only: buyers are quicker than they are many."""

    def slowly(*given: Any) -> Any:
        found = allocate(*given)
        sleep(_THOUGHT_SECONDS)
        return found

    monkeypatch.setattr(reservations, "allocate", slowly)
    outcome = overselling.run(brand, "slow", pool, buyers=40)
    assert outcome.good, outcome
    assert outcome.sold == 10


def test_few_buyers_leave_what_nobody_wants(brand: Brand, pool: ThreadPoolExecutor) -> None:
    outcome = overselling.run(brand, "few", pool, buyers=4, units=50)
    assert outcome.sums_hold
    assert outcome.believed == outcome.sold


def test_what_is_due_is_found_by_its_index_and_released_whole(
    brand: Brand,
    postgres: TestServer,
    worker_database: tuple[DatabaseUrls, psycopg.Connection, list[str]],
) -> None:
    superuser = postgres.admin_url.rpartition("/")[0] + f"/{worker_database[1].info.dbname}"
    found = releasing.run(brand, superuser, settled=20_000, timely=2000, due=1500)
    assert (found.released, found.sums_hold) == (1500, True)
    assert "inventory_reservations_due" in found.plan
    assert "Seq Scan" not in found.plan
