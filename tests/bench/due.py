"""Jobs that work on what is due: what they read follows from the due rows, however many others there are.

`python -m tests.bench.due [--due N] [others …]` starts a PostgreSQL of its own and prints one JSON object a line: what finding a
batch reads, and what a whole run reads and takes for each row that was due.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg

from functions.cart.scan_abandoned_carts import handler as scan_abandoned_carts
from functions.cart.send_recovery_mails import handler as send_recovery_mails
from functions.inventory.release_expired_reservations import handler as release_expired_reservations
from functions.orders.cancel_unpaid_orders import handler as cancel_unpaid_orders
from shared.migrations.provision import DATABASE
from shared.platform import database as connections
from shared.platform.brands import Brand
from shared.platform.database import Role
from shared.platform.doors.job import Job
from shared.platform.work import begin
from tests.bench import fresh, left_carts, order_book, plans
from tests.proofs import releasing

_SIZES = (10_000, 100_000, 1_000_000)
_DUE, _MANY = 1_000, 100_000
# What PostgreSQL has counted of finished transactions is shown after this at the latest.
_COUNTED_SECONDS = 1.2
_PAGES = """
    SELECT sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read, 0) + coalesce(idx_blks_hit, 0))::bigint
      FROM pg_statio_user_tables
"""
_OVERDUE = """
    UPDATE orders.orders SET status = 'pending_payment', reserved_until = now() - interval '1 hour', paid_at = NULL,
           sweep_at = now() - interval '1 minute'
     WHERE brand_id = %(brand)s AND number <= %(due)s
"""


@dataclass(frozen=True, slots=True)
class Swept:
    """A job, and what fills its table with others and with rows that are due."""

    name: str
    handler: Job
    fill: Callable[[Brand, str, int, int], None]


def _reservations(brand: Brand, superuser: str, others: int, due: int) -> None:
    releasing.fill(brand, superuser, settled=others * 9 // 10, timely=others // 10, due=due)


def _unpaid_orders(brand: Brand, superuser: str, others: int, due: int) -> None:
    with psycopg.connect(superuser, autocommit=True) as admin:
        order_book.fill(admin, brand, others + due, uuid4())
        with admin.transaction():
            admin.execute("SET LOCAL session_replication_role = replica")
            admin.execute(_OVERDUE.encode(), {"brand": brand.id, "due": due})
        admin.execute("VACUUM ANALYZE orders.orders")


JOBS = (
    Swept("release_expired_reservations", release_expired_reservations, _reservations),
    Swept("cancel_unpaid_orders", cancel_unpaid_orders, _unpaid_orders),
    Swept("scan_abandoned_carts", scan_abandoned_carts, left_carts.left),
    Swept("send_recovery_mails", send_recovery_mails, left_carts.reminded),
)


def measured(superuser: str, swept: Swept, others: int, due: int) -> dict[str, Any]:
    """One job, with so many others more in its table than before."""
    brand = fresh.open_brand(f"{swept.name.replace('_', '-')}-{others}-{due}")
    swept.fill(brand, superuser, others, due)
    url, find = os.environ["JOBS_DATABASE"], swept.handler.find
    assert find
    with plans.recorded() as sent, begin(None, "bench", Role.JOBS) as work:
        find(work, [])
    cost = plans.cost_of(url, None, sent[0])
    plan = plans.plan_of(url, None, sent[0])
    before, began = _pages(superuser), time.perf_counter()
    processed = _run(swept.handler)
    seconds = time.perf_counter() - began
    read = _pages(superuser) - before
    return {
        "what": swept.name,
        "others": others,
        "due": due,
        "processed": processed,
        "found_rows": cost.rows,
        "found_pages": cost.pages,
        "scanned": cost.scanned,
        "pages_each": round(read / max(1, processed), 1),
        "ms_each": round(seconds * 1000 / max(1, processed), 3),
        "plan": plan,
    }


def _run(handler: Job) -> int:
    """As often as its schedule would until nothing is due any more; how many rows it has done."""
    done = 0
    while True:
        counts = handler({}, None)
        done += int(counts["processed"])
        if counts["failed"]:
            raise RuntimeError(f"{handler.spec.job}: {counts}")
        if counts["finished"]:
            return done


def _pages(superuser: str) -> int:
    """Pages of tables and indexes that were read or found in memory since the server began."""
    connections.close_all()
    time.sleep(_COUNTED_SECONDS)
    with psycopg.connect(superuser) as admin:
        row = admin.execute(_PAGES).fetchone()
    assert row
    return int(row[0])


def main() -> None:
    """Measure, and print."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.due", description=__doc__)
    asked.add_argument("others", type=int, nargs="*", default=list(_SIZES))
    asked.add_argument("--due", type=int, default=_DUE)
    asked.add_argument("--many", type=int, default=_MANY, help="due at once, among the most others")
    asked.add_argument("--only", choices=[swept.name for swept in JOBS])
    given = asked.parse_args()
    figures = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with fresh.server("due") as found:
        superuser = found.url_as("postgres", DATABASE)
        for swept in JOBS:
            if given.only in (None, swept.name):
                for others, due in (*((others, given.due) for others in given.others), (0, given.many)):
                    line = measured(superuser, swept, others, due)
                    print(json.dumps(line), file=figures, flush=True)


if __name__ == "__main__":
    main()
