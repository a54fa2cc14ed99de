"""When the troubles are over: everything is mended, time passes, and what is still under way comes to its end."""

import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
from psycopg.types.json import Jsonb

from local.aws.client import Aws
from tests.faults import messages
from tests.faults.accounts import PASSWORD
from tests.faults.doing import NAMES
from tests.faults.messages import NOBODYS, UNDELIVERED
from tests.faults.notebook import DeadLetter
from tests.faults.world import World

# By which the clock is moved from round to round: past a dead relay's claim, the delays of the settling jobs, the ends of what is
# held, and the relay's longest back-off (an hour).
_ROUNDS = (40, 240, 240, 2000, 2000, 3700, 3700, 7300, 7300, 7300)
_ROUND_SECONDS = 45
_REASON = "SELECT reason FROM platform.delivery_failures WHERE consumer = %s AND event_id::text = %s"
_WAITING: dict[str, str] = {
    "events to be published": "SELECT count(*) FROM platform.outbox_events WHERE status = 'pending'",
    "events that a consumer lacks": """
        SELECT count(*) FROM platform.outbox_events e JOIN jsonb_to_recordset(%(consumers)s) AS c(type text, consumer text)
            ON c.type = e.type
         WHERE NOT EXISTS (SELECT 1 FROM platform.inbox i WHERE i.event_id = e.id AND i.consumer = c.consumer)""",
    "events that the listener has not heard": """
        SELECT count(*) FROM platform.outbox_events e
         WHERE NOT EXISTS (SELECT 1 FROM faults.heard h WHERE h.event_id = e.id)""",
    "payments of unknown outcome": "SELECT count(*) FROM billing.payments WHERE status IN ('started', 'unknown')",
    "captures that nobody has heard the end of": "SELECT count(*) FROM billing.payments WHERE capture_asked_at IS NOT NULL AND status = 'pending'",
    "money that the providers have otherwise": "SELECT count(*) FROM billing.unmatched_money WHERE matched_at IS NULL",
    # So much time passes that carts are left and the first reminders sent, also in a short run.
    "carts that are about to be left": """
        SELECT count(*) FROM cart.carts c WHERE status = 'active' AND look_at <= %(now)s + interval '1 hour'
           AND EXISTS (SELECT 1 FROM cart.cart_items i WHERE i.cart_id = c.id)""",
    "reminders that are about to be sent": """
        SELECT count(*) FROM cart.cart_recovery_emails
         WHERE sent_at IS NULL AND cancelled_at IS NULL AND due_at <= %(now)s + interval '1 hour'""",
    "refunds of unknown outcome": "SELECT count(*) FROM orders.refunds WHERE status = 'pending'",
    "orders that wait for payment": "SELECT count(*) FROM orders.orders WHERE status = 'pending_payment'",
    "stock that is held": "SELECT count(*) FROM inventory.inventory_reservations WHERE state = 'held'",
    "buyers who wait for what is there": """
        SELECT count(*) FROM inventory.restock_requests r WHERE r.state = 'waiting' AND EXISTS (
            SELECT 1 FROM inventory.inventory_items i WHERE i.brand_id = r.brand_id AND i.variant_id = r.variant_id
               AND i.on_hand - i.reserved - i.safety_stock > 0)""",
    "mails on their way": "SELECT count(*) FROM notifications.mails WHERE status IN ('queued', 'sending')",
    "webhooks not looked into": "SELECT count(*) FROM billing.webhook_events WHERE processed_at IS NULL",
}


@dataclass
class Settled:
    """How it came to rest. `waiting` is what has not: empty when all is well. `dead_letters` were redriven. `slow` tells what a
    round waited for in vain, `failed` how many calls Stripe and AWS were made to fail in the whole run."""

    rounds: int = 0
    seconds: float = 0.0
    waiting: dict[str, int] = field(default_factory=dict)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    failed: dict[str, int] = field(default_factory=dict)


async def settle(world: World, http: httpx.AsyncClient) -> Settled:
    """Mend everything and let time pass until nothing is under way any more, or for ten rounds."""
    settled, began = Settled(), time.monotonic()
    aws = Aws(world.aws_port)
    await _mend(http)
    for ahead in _ROUNDS:
        settled.rounds += 1
        (await http.post("/_local/clock", json={"advance_seconds": ahead})).raise_for_status()
        await _quiet(http, settled)
        if await _redrive(world, http, aws, settled):
            await _quiet(http, settled)
        settled.waiting = waiting(world) | await _dead(http)
        if not settled.waiting:
            break
    settled.seconds = time.monotonic() - began
    armed = (await http.get("/_local/faults")).raise_for_status().json()
    settled.failed = armed["aws_failed"] | {
        f"{name} {mode}": n for key, name in NAMES.items() for mode, n in armed[key]["done"].items()
    }
    return settled


async def _dead(http: httpx.AsyncClient) -> dict[str, int]:
    """What lies in dead-letter queues, or could not be put into any queue."""
    queues = (await http.get("/_local/queues")).raise_for_status().json()["queues"]
    found = {
        "dead letters": sum(queue["dlq"] for queue in queues.values()),
        "undelivered events": sum(q["visible"] for name, q in queues.items() if name.endswith(UNDELIVERED)),
    }
    return {name: count for name, count in found.items() if count}


async def _mend(http: httpx.AsyncClient) -> None:
    (await http.request("DELETE", "/_local/faults")).raise_for_status()


async def _quiet(http: httpx.AsyncClient, settled: Settled) -> None:
    """Twenty minutes' visibility is not waited for: whoever held a message is dead or done by now."""
    (await http.post("/_local/faults", json={"reveal": True})).raise_for_status()
    answer = await http.post(f"/_local/settle?timeout={_ROUND_SECONDS}", timeout=_ROUND_SECONDS + 30)
    if answer.is_error:
        settled.slow.append(f"round {settled.rounds}: {answer.json().get('waiting', answer.text)}")


async def _redrive(world: World, http: httpx.AsyncClient, aws: Aws, settled: Settled) -> int:
    """Note why each is dead, and send it back: as staff of both brands do, and by hand what is no brand's."""
    letters = await messages.dead_letters(aws)
    with psycopg.connect(world.admin_url) as admin:
        for letter in letters:
            row = admin.execute(_REASON, (letter.consumer, letter.event_id)).fetchone()
            reason = row[0] if row else None
            found = DeadLetter(letter.consumer, letter.event_id, letter.message_id, reason)
            settled.dead_letters.append(found)
            if letter.queue in NOBODYS:
                await messages.redrive(aws, letter)
    if any(letter.queue not in NOBODYS for letter in letters):
        (await http.post("/_local/faults", json={"reveal": True})).raise_for_status()
        for brand in world.shelves:
            await _redrive_as_operator(http, brand)
    return len(letters)


async def _redrive_as_operator(http: httpx.AsyncClient, brand: str) -> None:
    headers = {"x-brand": brand}
    login = {"email": f"admin@{brand}.test", "password": PASSWORD}
    signed_in = await http.post("/v1/admin/auth/login", json=login, headers=headers)
    headers["authorization"] = f"Bearer {signed_in.raise_for_status().json()['access_token']}"
    listed = await http.get("/v1/admin/dead-letters", headers=headers)
    for queue in listed.raise_for_status().json()["queues"]:
        path = f"/v1/admin/dead-letters/{queue['queue']}/redrive"
        (await http.post(path, json={}, headers=headers)).raise_for_status()


def waiting(world: World) -> dict[str, int]:
    """How much of each kind is still under way; only what is not zero."""
    counts: dict[str, Any] = {}
    asked = {"consumers": Jsonb(messages.listeners()), "now": world.now()}
    with psycopg.connect(world.admin_url) as admin:
        for name, sql in _WAITING.items():
            row = admin.execute(sql.encode(), asked).fetchone()
            counts[name] = row[0] if row else 0
    return {name: count for name, count in counts.items() if count}
