"""What is found when all is over: in the database, at Stripe, in the mailbox, and in what buyers were told."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.rows import namedtuple_row

from local.faults.hook import FIRED
from tests.faults import logs
from tests.faults.notebook import Notebook
from tests.faults.settling import Settled
from tests.faults.world import World

type Check = Callable[["Evidence"], Iterator[str]]


@dataclass
class Evidence:
    """Everything that the checks look at. SQL is asked as the superuser, who sees every brand. `done` are the troubles by kind,
    `events` those that were told while buyers came."""

    world: World
    notes: Notebook
    settled: Settled
    done: Counter[str]
    events: int
    admin: psycopg.Connection[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.admin = psycopg.connect(self.world.admin_url, autocommit=True, row_factory=namedtuple_row)

    def rows(self, sql: LiteralString, **params: Any) -> list[Any]:
        """Rows as namedtuples."""
        return self.admin.execute(sql, params).fetchall()

    @cached_property
    def slugs(self) -> dict[str, str]:
        """The brands' slugs by id."""
        return {str(row.id): row.slug for row in self.rows("SELECT id, slug FROM platform.brands")}

    @cached_property
    def intents(self) -> list[dict[str, Any]]:
        """Every PaymentIntent that Stripe knows."""
        return self._at_stripe("payment_intent")

    @cached_property
    def refunds(self) -> list[dict[str, Any]]:
        """Every refund that Stripe knows."""
        return self._at_stripe("refund")

    @cached_property
    def stripe_events(self) -> list[dict[str, Any]]:
        """Every event that Stripe has."""
        return self._at_stripe("event")

    @cached_property
    def webhooks_delivered(self) -> set[str]:
        """The ids of the events that Stripe and PayPal have delivered at least once."""
        delivered = "SELECT event_id FROM deliveries WHERE state = 'delivered'"
        found: set[str] = set()
        for store in (self.world.files.stripe, self._paypal):
            with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as opened:
                found |= {row[0] for row in opened.execute(delivered)}
        return found

    @cached_property
    def paypal_orders(self) -> list[dict[str, Any]]:
        """Every order that PayPal knows, with its captures and refunds; also those that it no longer shows."""
        with sqlite3.connect(f"file:{self._paypal}?mode=ro", uri=True) as store:
            return [
                json.loads(row[0]) for row in store.execute("SELECT body FROM objects WHERE kind = 'order'")
            ]

    @property
    def _paypal(self) -> Path:
        return self.world.files.paypal / "paypal.sqlite"

    @cached_property
    def webhook_deliveries(self) -> dict[str, int]:
        """How many deliveries Stripe was asked for, and how many attempts they took."""
        with sqlite3.connect(f"file:{self.world.files.stripe}?mode=ro", uri=True) as store:
            row = store.execute(
                "SELECT count(DISTINCT event_id), count(*), sum(attempts) FROM deliveries"
            ).fetchone()
        return dict(zip(("events", "deliveries", "attempts"), row, strict=True))

    @cached_property
    def mailbox(self) -> list[dict[str, Any]]:
        """Every mail that was sent."""
        if not self.world.files.mail.exists():
            return []
        return [json.loads(line) for line in self.world.files.mail.read_bytes().splitlines()]

    @cached_property
    def fired(self) -> list[dict[str, Any]]:
        """What was done at named steps: function, step, action, at."""
        file = self.world.files.faults.with_name(FIRED)
        return [json.loads(line) for line in file.read_bytes().splitlines()] if file.exists() else []

    @cached_property
    def failures(self) -> list[logs.Failure]:
        """What functions logged as having failed."""
        return list(logs.failures(self.world))

    @cached_property
    def deaths(self) -> Counter[str]:
        """How often each consumer died with messages in hand."""
        return logs.deaths(self.world)

    @cached_property
    def customers(self) -> list[dict[str, Any]]:
        """Every customer that Stripe knows."""
        return self._at_stripe("customer")

    def _at_stripe(self, kind: str) -> list[dict[str, Any]]:
        with sqlite3.connect(f"file:{self.world.files.stripe}?mode=ro", uri=True) as store:
            return [
                json.loads(row[0])
                for row in store.execute("SELECT body FROM objects WHERE kind = ?", (kind,))
            ]
