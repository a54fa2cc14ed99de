"""A cart that was left, and the link of a reminder: what samples of recovery are about."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from functions._generate.demo import OVERRIDES
from local.demo.ids import COFFEE_VARIANT
from shared.cart.recovery import links, scanning
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import Buyer


def make_carts(brand: Brand) -> tuple[dict[str, str], dict[str, str]]:
    """Rows, by their own ids, under which ids the samples name them; and the secrets that senders put in."""
    buyer = Buyer.of(brand, email="lou@demo.test")
    buyer.add(COFFEE_VARIANT)
    cart_id, an_hour_ago = UUID(buyer.cart_id), clock.now() - timedelta(hours=1)
    with begin(brand, "sample") as work:
        work.run(
            "UPDATE cart.carts SET last_activity_at = %(at)s, look_at = %(at)s WHERE id = %(id)s",
            id=cart_id,
            at=an_hour_ago,
        )
        scanning.look_at(work, [cart_id])
        link = links.make_link(work, cart_id, 2)
    names = {buyer.cart_id: OVERRIDES["send_recovery_email"]["cart_id"]}
    return names, {"RECOVERY_TOKEN": parse_qs(urlsplit(link).query)["token"][0]}
