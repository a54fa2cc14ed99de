"""Releasing what ran out: what it costs follows from the due rows alone, however many others there are."""

import time
from dataclasses import dataclass
from typing import Any

import psycopg

from functions.inventory.release_expired_reservations import handler
from shared.inventory import reconciling, store
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.work import begin

ITEMS = 1000
# Triggers would count a million rows one by one; the counters are set to their sums at the end.
_FILL = """
    SET LOCAL session_replication_role = replica;
    INSERT INTO inventory.stock_locations (brand_id, id, code, name, created_at)
    VALUES ('{brand}', gen_random_uuid(), '{code}', 'Release', now());
    INSERT INTO inventory.inventory_items (brand_id, id, variant_id, location_id, created_at)
    SELECT '{brand}', gen_random_uuid(), gen_random_uuid(), id, now()
      FROM inventory.stock_locations, generate_series(1, {items}) WHERE code = '{code}';
    CREATE TEMPORARY TABLE numbered ON COMMIT DROP AS
    SELECT id, row_number() OVER () AS number FROM inventory.inventory_items
     WHERE brand_id = '{brand}' AND location_id = (SELECT id FROM inventory.stock_locations WHERE code = '{code}');
    INSERT INTO inventory.inventory_movements (brand_id, id, item_id, type, quantity, actor, at)
    SELECT '{brand}', gen_random_uuid(), id, 'in', 100000, 'proof', now() FROM numbered;
"""
_RESERVE = """
    INSERT INTO inventory.inventory_reservations
        (brand_id, id, item_id, cart_id, quantity, state, expires_at, created_at, settled_at)
    SELECT '{brand}', gen_random_uuid(), n.id, gen_random_uuid(), 1, '{state}', now() + interval '{expires}',
           now() - interval '2 hours', {settled}
      FROM generate_series(1, {rows}) AS g(number) JOIN numbered n ON n.number = g.number %% {items} + 1;
"""
_COUNT = """
    UPDATE inventory.inventory_items i SET on_hand = 100000, reserved =
        (SELECT count(*) FROM inventory.inventory_reservations r WHERE r.item_id = i.id AND r.state = 'held')
     WHERE i.id IN (SELECT id FROM numbered);
"""


@dataclass(frozen=True, slots=True)
class Release:
    """What one run of the job did and took, and the plan by which it found what is due."""

    settled: int
    timely: int
    due: int
    released: int
    seconds: float
    plan: str
    sums_hold: bool


def run(brand: Brand, superuser: str, *, settled: int, timely: int, due: int) -> Release:
    """Fill the table with so many rows, run the job, count."""
    fill(brand, superuser, settled, timely, due)
    plan = _plan(superuser)
    began = time.perf_counter()
    released = 0
    while True:
        counts = handler({}, None)
        released += counts["processed"]
        if counts["finished"]:
            break
    took = time.perf_counter() - began
    with begin(brand, "proof") as work:
        wrong = reconciling.count(work).discrepancies
    return Release(settled, timely, due, released, took, plan, not wrong)


def fill(brand: Brand, superuser: str, settled: int, timely: int, due: int) -> None:
    """Write so many reservations of the brand that were settled long ago, have time left, and ran out; the sums hold."""
    known: dict[str, Any] = {"brand": brand.id, "items": ITEMS, "code": f"release-{settled}-{due}"}
    with psycopg.connect(superuser, autocommit=True) as admin:
        with admin.transaction():
            admin.execute(_FILL.format(**known).encode())
            for rows, state, expires, at in (
                (settled, "expired", "-1 hour", "now() - interval '1 hour'"),
                (timely, "held", "30 minutes", "NULL"),
                (due, "held", "-1 minute", "NULL"),
            ):
                statement = _RESERVE.format(rows=rows, state=state, expires=expires, settled=at, **known)
                admin.execute(statement.replace("%%", "%").encode())
            admin.execute(_COUNT.encode())
        admin.execute("VACUUM ANALYZE inventory.inventory_reservations")
        admin.execute("VACUUM ANALYZE inventory.inventory_items")


def _plan(superuser: str) -> str:
    params = {"now": clock.now(), "limit": 500, "stuck": []}
    with psycopg.connect(superuser, autocommit=True) as admin, admin.transaction():
        admin.execute("SET LOCAL ROLE comptoir_jobs")
        rows = admin.execute(
            b"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) " + store.DUE.encode(), params
        )
        return "\n".join(row[0] for row in rows.fetchall())
