"""Webhooks: signed, queued in the storage, delivered on the provider's own time, several at once, until they are taken."""

import asyncio
import contextlib
import hashlib
import hmac
import http.client
import random
import sqlite3
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from local.stripe import clock
from local.stripe.faults import Faults

# What an account subscribes its endpoint to. Stripe sends nothing else, so neither do we unless told.
DEFAULT_EVENTS = (
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "charge.dispute.*",
    "refund.updated",
    "refund.failed",
    "customer.subscription.*",
    "invoice.payment_succeeded",
    "invoice.payment_failed",
    "identity.verification_session.*",
    "checkout.session.completed",
)
IN_FLIGHT = 8
TIMEOUT_SECONDS = 30.0
# Stripe retries for three days; here the waits are short, so that a test of them is not.
_WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_MOST_ATTEMPTS = 200


def sign(body: bytes, secret: str, timestamp: int) -> str:
    """The `Stripe-Signature` of a body: HMAC-SHA256 over "timestamp.body"."""
    made = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={made}"


class Kept(Protocol):
    """What an account's storage must have for its events to be delivered: a table `deliveries`, and the events."""

    db: sqlite3.Connection

    def find(self, kind: str, object_id: str, /) -> dict[str, Any] | None:
        """The object of this kind and id."""
        ...


class Deliveries:
    """The queue of webhooks for one endpoint."""

    def __init__(self, store: Kept, faults: Faults, url: str, secret: str, events: Iterable[str]) -> None:
        self._store, self._faults, self._url, self._secret = store, faults, url, secret
        self.events = tuple(events)
        self._wake = asyncio.Event()
        self._busy: set[int] = set()
        self._threads = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="webhook")
        self._local = threading.local()

    def wants(self, event_type: str) -> bool:
        """Whether the endpoint is subscribed to this type (`*` ends a pattern)."""
        return any(
            event_type == wanted or (wanted.endswith("*") and event_type.startswith(wanted[:-1]))
            for wanted in self.events
        )

    def queue(self, event_id: str, event_type: str) -> None:
        """Queue an event as the faults have it, in the transaction that made it."""
        if not self.wants(event_type) or self._faults.take_drop():
            return
        self.queue_again(event_id, 1 + self._faults.webhooks.duplicates)

    def queue_again(self, event_id: str, copies: int = 1) -> None:
        """Queue `copies` deliveries of an event, whatever its type."""
        how = self._faults.webhooks
        for _ in range(copies):
            due = time.time() + how.delay_seconds + random.uniform(0, how.shuffle_seconds)
            self._store.db.execute("INSERT INTO deliveries (event_id, due) VALUES (?, ?)", (event_id, due))

    def wake(self) -> None:
        """Something was queued, or deliveries are no longer paused."""
        self._wake.set()

    def counts(self) -> dict[str, int]:
        """How many deliveries wait, are in flight, were taken, and were given up."""
        rows = self._store.db.execute("SELECT state, count(*) AS n FROM deliveries GROUP BY state").fetchall()
        known = {row["state"]: int(row["n"]) for row in rows}
        return {
            "waiting": known.get("waiting", 0) - len(self._busy),
            "in_flight": len(self._busy),
            "delivered": known.get("delivered", 0),
            "given_up": known.get("given_up", 0),
        }

    async def run(self) -> None:
        """Deliver until cancelled. What is in flight when the process dies is delivered again."""
        while True:
            self._wake.clear()
            self._start_due()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._until_next())

    def close(self) -> None:
        """Let go of the threads; an answer still awaited is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _start_due(self) -> None:
        room = IN_FLIGHT - len(self._busy)
        if self._faults.webhooks.paused or room <= 0:
            return
        order = "random()" if self._faults.webhooks.shuffle_seconds else "due, id"
        rows = self._store.db.execute(
            f"SELECT id, event_id, attempts FROM deliveries WHERE state = 'waiting' AND due <= ? ORDER BY {order} LIMIT ?",
            (time.time(), room + len(self._busy)),
        ).fetchall()
        for row in rows:
            if row["id"] not in self._busy and len(self._busy) < IN_FLIGHT:
                self._busy.add(row["id"])
                asyncio.get_running_loop().create_task(
                    self._deliver(row["id"], row["event_id"], row["attempts"])
                )

    def _until_next(self) -> float | None:
        if self._faults.webhooks.paused or len(self._busy) >= IN_FLIGHT:
            return None
        marks = ", ".join(map(str, self._busy)) or "-1"
        next_due = self._store.db.execute(
            f"SELECT min(due) FROM deliveries WHERE state = 'waiting' AND id NOT IN ({marks})"
        ).fetchone()[0]
        return None if next_due is None else max(0.001, next_due - time.time())

    async def _deliver(self, delivery: int, event_id: str, attempts: int) -> None:
        event = self._store.find("event", event_id)
        body, headers = self.prepared(event)
        try:
            answer = await asyncio.get_running_loop().run_in_executor(
                self._threads, self._post, body, headers
            )
        except (OSError, http.client.HTTPException) as error:
            answer = type(error).__name__
        except RuntimeError:
            return
        finally:
            self._busy.discard(delivery)
            self._wake.set()
        taken = answer.startswith("2")
        state = "delivered" if taken else ("given_up" if attempts + 1 >= _MOST_ATTEMPTS else "waiting")
        due = time.time() + _WAITS[min(attempts, len(_WAITS) - 1)]
        self._store.db.execute(
            "UPDATE deliveries SET state = ?, due = ?, attempts = ?, answer = ? WHERE id = ?",
            (state, due, attempts + 1, answer, delivery),
        )

    def prepared(self, event: Any) -> tuple[bytes, dict[str, str]]:
        """The very bytes that are sent, and the headers that prove them."""
        # Stripe sends its JSON indented.
        body = orjson.dumps(event, option=orjson.OPT_INDENT_2)
        headers = {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": sign(body, self._secret, clock.now()),
            "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        return body, headers

    def _post(self, body: bytes, headers: dict[str, str]) -> str:
        """One attempt on this thread's kept connection; the answer's status."""
        url = urlsplit(self._url)
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(
                url.hostname or "127.0.0.1", url.port, timeout=TIMEOUT_SECONDS
            )
        self._local.connection = None
        try:
            connection.request("POST", url.path or "/", body, headers)
            answer = connection.getresponse()
            answer.read()
        except BaseException:
            connection.close()
            raise
        self._local.connection = connection
        return str(answer.status)
