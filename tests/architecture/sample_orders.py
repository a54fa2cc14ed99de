"""An order of the demo customer that is paid, part of it on its way back: what samples of refunds and withdrawals are about."""

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from functions._generate.demo import FACTS, OVERRIDES
from local.demo import ids
from shared.billing import stripe
from shared.billing.outcomes import Known
from shared.billing.payments import settle_intent
from shared.kernel.money import Money
from shared.orders.links import make_link
from shared.orders.payment import take_payment
from shared.orders.withdrawals import request_withdrawal
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.architecture.sample_shipments import make_shipments
from tests.buyers import Buyer

_UNITS = 3


def make_orders(brand: Brand) -> tuple[dict[str, str], dict[str, str]]:
    """Rows, by their own ids, under which ids the samples name them; and the secrets that senders put in."""
    order_id, item_id = _paid(brand)
    # What one sample does at Stripe, the next one finds there.
    called_off, _ = _paid(brand)
    to_ship, its_item = _paid(brand)
    with begin(brand, "sample") as work:
        work.run(
            """UPDATE orders.orders SET customer_id = (SELECT c.id FROM identity.customers c JOIN identity.users u
                   ON u.id = c.user_id WHERE u.email = %(email)s) WHERE id = %(id)s""",
            id=order_id,
            email=FACTS["email"],
        )
        withdrawal = request_withdrawal(work, order_id, {item_id: 1}, reason=None, by="member")
        link = make_link(work, order_id)
    names = {
        str(order_id): OVERRIDES["refund_order"]["order_id"],
        str(called_off): OVERRIDES["cancel_order"]["order_id"],
        **make_shipments(brand, to_ship, its_item),
        str(withdrawal): OVERRIDES["answer_withdrawal"]["withdrawal_id"],
    }
    return names, {"ORDER_TOKEN": parse_qs(urlsplit(link).query)["token"][0]}


def _paid(brand: Brand) -> tuple[UUID, str]:
    """A paid order, and its line."""
    buyer = Buyer.of(brand)
    buyer.add(ids.COFFEE_VARIANT, _UNITS)
    answer = buyer.check_out(email=FACTS["email"]).body
    order_id = UUID(answer["order"]["id"])
    _pay(brand, order_id, answer["payment"]["intent_id"])
    return order_id, answer["order"]["items"][0]["id"]


def _pay(brand: Brand, order_id: UUID, intent_id: str) -> None:
    params: Any = {"payment_method": "pm_card_visa"}
    stripe.asked(lambda client: client.v1.payment_intents.confirm(intent_id, params))
    seen = stripe.retrieve_payment_intent(intent_id)
    assert isinstance(seen, Known)
    with begin(brand, "sample") as work:
        payment = settle_intent(work, seen.intent)
        assert payment is not None
        take_payment(work, order_id, payment.id, Money(payment.captured_amount, payment.currency))
