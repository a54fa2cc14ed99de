"""A look into a run's database, for what nobody is shown: that nothing was stored, that every counter is its sum."""

import json
from typing import Any

import psycopg

from local import postgres
from local.postgres.server import PostgreSQL
from shared.migrations import provision
from tests.journeys.local_run import LocalRun


def rows(run: LocalRun, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a query over all brands answers."""
    with _connected(run) as connection:
        return connection.execute(sql.encode(), values).fetchall()


def change(run: LocalRun, sql: str, **values: Any) -> None:
    """Change what no endpoint does."""
    with _connected(run) as connection:
        connection.execute(sql.encode(), values)


def _connected(run: LocalRun) -> "psycopg.Connection[tuple[Any, ...]]":
    ports = json.loads((run.home / ".local" / "ports.json").read_bytes())
    server = PostgreSQL(postgres.home(run.home), ports["postgres"])
    return psycopg.connect(server.url_as("comptoir_jobs", provision.DATABASE))


def value(run: LocalRun, sql: str, **values: Any) -> Any:
    """The one value that a query over all brands answers."""
    [[found]] = rows(run, sql, **values)
    return found


_DISCREPANCIES = """
    SELECT i.variant_id, i.on_hand, i.reserved,
           coalesce((SELECT sum(m.quantity) FROM inventory.inventory_movements m WHERE m.item_id = i.id), 0) AS moved,
           coalesce((SELECT sum(r.quantity) FROM inventory.inventory_reservations r
                      WHERE r.item_id = i.id AND r.state = 'held'), 0) AS held
      FROM inventory.inventory_items i
"""


def assert_stock_reconciles(run: LocalRun) -> None:
    """Every `on_hand` is the sum of its movements, every `reserved` that of its held reservations, none is negative."""
    for variant, on_hand, reserved, moved, held in rows(run, _DISCREPANCIES):
        assert (on_hand, reserved) == (moved, held), variant
        assert 0 <= reserved <= on_hand, variant
