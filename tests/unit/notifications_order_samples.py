"""The mails about what comes after an order, to look at in tests, and whatever else they may be given."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from shared.kernel.money import Money
from shared.notifications.templates.order_cancelled.variables import OrderCancelledV1
from shared.notifications.templates.order_delivered.variables import OrderDeliveredV1
from shared.notifications.templates.order_link.variables import OrderLinkV1
from shared.notifications.templates.order_needs_attention.variables import OrderNeedsAttentionV1
from shared.notifications.templates.order_refunded.variables import OrderRefundedV1
from shared.notifications.templates.order_shipped.variables import OrderShippedV1
from shared.notifications.templates.withdrawal_declined.variables import WithdrawalDeclinedV1
from shared.notifications.templates.withdrawal_received.variables import WithdrawalReceivedV1
from shared.notifications.variables import MailItem, MailVariables, PostalAddress

_AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
_ADA = PostalAddress(
    first_name="Ada",
    last_name="Lovelace",
    line1="12 rue des Martyrs",
    postcode="75009",
    city="Paris",
    country="FR",
)
_LINK = "https://cimes.example/orders/view?token=Vd7Vh0mWbY2kXzJq4nLr8sTcPf1aGeUo3iKw9yBxQ5M"
_ITEMS = (
    MailItem(title="Miel de lavande", quantity=2),
    MailItem(title="Savon <d’Alep> & Cie", quantity=1),
)
_KINDS = ("payment_review", "dispute", "withdrawal", "refund_failed")

ORDER_SAMPLES: tuple[MailVariables, ...] = (
    OrderShippedV1(
        order_number="1042",
        lines=_ITEMS,
        tracking_number="6A12345678901",
        carrier="Colissimo",
        shipping_address=_ADA,
    ),
    OrderShippedV1(
        order_number="1043",
        lines=_ITEMS[:1],
        tracking_number="6A12345678901",
        tracking_url="https://www.laposte.fr/outils/suivre-vos-envois?code=6A12345678901",
        carrier="Colissimo",
        more_to_come=True,
        shipping_address=_ADA,
    ),
    OrderDeliveredV1(order_number="1042", first_name="Ada", last_day=_AT),
    OrderRefundedV1(
        order_number="1042", first_name="Ada", amount=Money(2390, "EUR"), shipping=Money(490, "EUR")
    ),
    OrderCancelledV1(order_number="1042", first_name="Ada", refund=Money(4780, "EUR")),
    WithdrawalReceivedV1(
        order_number="1042", reference="0193-42", name="Ada Lovelace", received_at=_AT, lines=_ITEMS
    ),
    WithdrawalDeclinedV1(order_number="1042", first_name="Ada", answer="Ce savon avait été gravé pour vous."),
    OrderLinkV1(order_number="1042", link=_LINK, days=7),
    *(
        OrderNeedsAttentionV1(
            kind=kind,
            order_number="1042",
            buyer="Ada Lovelace",
            amount=Money(4780, "EUR"),
            detail="fraudulent",
        )
        for kind in _KINDS
    ),
)

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40)
_MONEY = st.builds(Money, st.integers(0, 10**12), st.sampled_from(["EUR", "CHF", "JPY"]))
_MOMENT = st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1900 < moment.year < 2200)
_LINES = st.lists(st.builds(MailItem, title=_TEXT, quantity=st.integers(1, 999)), max_size=3).map(tuple)
_ADDRESS = st.builds(
    PostalAddress,
    first_name=_TEXT,
    last_name=_TEXT,
    company=st.none() | _TEXT,
    line1=_TEXT,
    line2=st.none() | _TEXT,
    postcode=_TEXT,
    city=_TEXT,
    country=st.sampled_from(["FR", "BE", "CH", "ZZ"]),
)

ORDER_VARIABLES: dict[type[MailVariables], st.SearchStrategy[Any]] = {
    OrderShippedV1: st.builds(
        OrderShippedV1,
        order_number=_TEXT,
        lines=_LINES,
        tracking_number=st.none() | _TEXT,
        tracking_url=st.none() | st.just(_LINK),
        carrier=st.none() | _TEXT,
        more_to_come=st.booleans(),
        shipping_address=_ADDRESS,
    ),
    OrderDeliveredV1: st.builds(
        OrderDeliveredV1, order_number=_TEXT, first_name=_TEXT, last_day=st.none() | _MOMENT
    ),
    OrderRefundedV1: st.builds(
        OrderRefundedV1, order_number=_TEXT, first_name=_TEXT, amount=_MONEY, shipping=_MONEY
    ),
    OrderCancelledV1: st.builds(
        OrderCancelledV1, order_number=_TEXT, first_name=_TEXT, refund=st.none() | _MONEY
    ),
    WithdrawalReceivedV1: st.builds(
        WithdrawalReceivedV1,
        order_number=_TEXT,
        reference=_TEXT,
        name=_TEXT,
        received_at=_MOMENT,
        lines=_LINES,
    ),
    WithdrawalDeclinedV1: st.builds(WithdrawalDeclinedV1, order_number=_TEXT, first_name=_TEXT, answer=_TEXT),
    OrderLinkV1: st.builds(OrderLinkV1, order_number=_TEXT, link=st.just(_LINK), days=st.integers(1, 90)),
    OrderNeedsAttentionV1: st.builds(
        OrderNeedsAttentionV1,
        kind=st.sampled_from(_KINDS),
        order_number=_TEXT,
        buyer=_TEXT,
        amount=st.none() | _MONEY,
        detail=st.none() | _TEXT,
    ),
}
