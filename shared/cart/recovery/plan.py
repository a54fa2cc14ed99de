"""When a cart counts as left, when its mails are due, and who is not mailed so that their effect can be told. Pure.

Spec 05, "Abandoned carts": left after 60 minutes; mails after 30 minutes, 1 day and 3 days; nobody held out unless a brand asks for it.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, Self
from uuid import UUID

# A mail per step, each with its own template.
STEPS = 3
# Two mails of one cart are never nearer than this, unless the brand's own steps are: after a standstill all would be due at once.
GAP = timedelta(hours=1)
# While an order waits for its payment, or somebody has the cart in hands, it is looked at again after this.
LATER = timedelta(minutes=10)
_PARTS = 10_000

type Verdict = Literal["abandon", "expire", "wait"]


class RecoveryPlan(NamedTuple):
    """A brand's `settings["recovery"]`, else the house's. `delays` count from the abandonment; a percentage of `hold_out` is not
    mailed; a cart that nobody touches for `expires_after` is closed."""

    abandoned_after: timedelta = timedelta(minutes=60)
    delays: tuple[timedelta, ...] = (timedelta(minutes=30), timedelta(days=1), timedelta(days=3))
    hold_out: int = 0
    expires_after: timedelta = timedelta(days=90)

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """The brand's own, where it has chosen."""
        chosen = settings.get("recovery") or {}
        found: dict[str, Any] = {}
        if "abandoned_after_minutes" in chosen:
            found["abandoned_after"] = timedelta(minutes=chosen["abandoned_after_minutes"])
        if "delays_minutes" in chosen:
            found["delays"] = tuple(timedelta(minutes=each) for each in chosen["delays_minutes"])
        if "hold_out_percent" in chosen:
            found["hold_out"] = chosen["hold_out_percent"]
        if "expires_after_days" in chosen:
            found["expires_after"] = timedelta(days=chosen["expires_after_days"])
        return cls(**found)

    def due(self, abandoned_at: datetime) -> list[tuple[int, datetime]]:
        """Each step, from 1, and when it is due."""
        return [(step, abandoned_at + delay) for step, delay in enumerate(self.delays, start=1)]

    def gap_after(self, step: int) -> timedelta:
        """How long after the mail of `step` the next one may leave at the earliest."""
        if step >= len(self.delays):
            return GAP
        return min(GAP, self.delays[step] - self.delays[step - 1])


class Idle(NamedTuple):
    """A cart as the scan finds it: `amount` and `lines` are what it holds, `order_id` the order that waits for its payment."""

    status: str
    last_activity_at: datetime
    lines: int
    order_id: UUID | None


def judge(cart: Idle, plan: RecoveryPlan, now: datetime) -> tuple[Verdict, datetime | None]:
    """What becomes of a cart that is due to be looked at, and when it is looked at next (None: never again, unless touched)."""
    idle_since, expires_at = cart.last_activity_at, cart.last_activity_at + plan.expires_after
    if cart.order_id is not None:
        return "wait", now + LATER
    if now >= expires_at:
        return "expire", None
    if cart.status == "active" and cart.lines:
        abandoned_at = idle_since + plan.abandoned_after
        return ("abandon", expires_at) if now >= abandoned_at else ("wait", abandoned_at)
    return "wait", expires_at


def held_out(cart_id: UUID, percent: int) -> bool:
    """Whether a cart is among the `percent` that are not mailed: by lot, and the same whenever it is asked again.

    A digest, because ids tell the time and would hold out carts of an hour rather than carts at random.
    """
    drawn = int.from_bytes(hashlib.sha256(b"hold-out" + cart_id.bytes).digest()[:8]) % _PARTS
    return drawn < percent * _PARTS // 100
