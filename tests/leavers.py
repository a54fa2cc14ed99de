"""Buyers who leave their carts, for tests of what brings them back."""

import json
from typing import Any

from functions.cart.scan_abandoned_carts import handler as scan_abandoned_carts
from functions.cart.send_recovery_mails import handler as send_recovery_mails
from shared.platform import brands
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import Buyer, for_sale
from tests.people import rows
from tests.till import Clock

REMINDERS = ("cart_reminder", "cart_second_reminder", "cart_last_reminder")


def scan() -> dict[str, Any]:
    """The job that notices carts that were left."""
    return scan_abandoned_carts({}, None)


def send() -> dict[str, Any]:
    """The job that sends reminders."""
    return send_recovery_mails({}, None)


def filled(brand: Brand, email: str | None = "lea@example.com", *, units: int = 1, **goods: Any) -> Buyer:
    """A buyer with something in the cart."""
    buyer = Buyer.of(brand, **({"email": email} if email else {}))
    assert buyer.add(for_sale(brand, **goods), units).status == 201
    return buyer


def left(brand: Brand, at: Clock, email: str | None = "lea@example.com", **more: Any) -> Buyer:
    """One who left the cart an hour ago, which was noticed."""
    buyer = filled(brand, email, **more)
    at.move(minutes=61)
    scan()
    assert buyer.look().body["status"] == "abandoned"
    return buyer


def steps(brand: Brand, buyer: Buyer) -> list[str | None]:
    """What became of each step: "sent", the reason why it was not, or None while it waits."""
    found = rows(
        brand,
        "SELECT sent_at, cancel_reason FROM cart.cart_recovery_emails WHERE cart_id = %(id)s ORDER BY step",
        id=buyer.cart_id,
    )
    return ["sent" if row.sent_at else row.cancel_reason for row in found]


def choose(brand: Brand, **recovery: Any) -> None:
    """Give the brand these settings of recovery."""
    with begin(brand, "test") as work:
        work.run(
            "UPDATE platform.brands SET settings = settings || %(chosen)s::jsonb WHERE id = %(id)s",
            chosen=json.dumps({"recovery": recovery}),
            id=brand.id,
        )
    brands.forget()
