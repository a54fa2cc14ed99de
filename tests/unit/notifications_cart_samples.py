"""The mails about carts, to look at in tests, and whatever else they may be given."""

from typing import Any

from hypothesis import strategies as st

from shared.kernel.money import Money
from shared.notifications.templates.cart_last_reminder.variables import CartLastReminderV1
from shared.notifications.templates.cart_reminder.variables import CartGoods, CartReminderV1
from shared.notifications.templates.cart_second_reminder.variables import CartSecondReminderV1
from shared.notifications.variables import MailVariables

_TOKEN = "Vd7Vh0mWbY2kXzJq4nLr8sTcPf1aGeUo3iKw9yBxQ5M"
_LINK = f"https://cimes.example/cart/recover?token={_TOKEN}"
_UNSUBSCRIBE = f"https://api.cimes.example/v1/notifications/unsubscribe?brand=cimes&token=cart.{_TOKEN}"
_KINDS = (CartReminderV1, CartSecondReminderV1, CartLastReminderV1)
_GOODS = (
    CartGoods(title="Miel de lavande · 500 g", quantity=2, price=Money(2900, "EUR"), points=None),
    CartGoods(title="Savon <d’Alep> & Cie", quantity=1, price=Money(1890, "EUR"), points=None),
    CartGoods(title="Tasse de la maison", quantity=1, price=None, points=700),
)

CART_SAMPLES: tuple[MailVariables, ...] = tuple(
    kind(
        first_name="Ada",
        goods=_GOODS,
        more=2,
        subtotal=Money(4790, "EUR"),
        points=700,
        link=_LINK,
        days=14,
        unsubscribe=_UNSUBSCRIBE,
    )
    for kind in _KINDS
)

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40)
_MONEY = st.builds(Money, st.integers(0, 10**12), st.sampled_from(["EUR", "CHF", "JPY", "TND"]))
_LINES = st.builds(
    CartGoods, title=_TEXT, quantity=st.integers(1, 999), price=_MONEY, points=st.none()
) | st.builds(
    CartGoods, title=_TEXT, quantity=st.integers(1, 999), price=st.none(), points=st.integers(1, 10**9)
)

CART_VARIABLES: dict[type[MailVariables], st.SearchStrategy[Any]] = {
    kind: st.builds(
        kind,
        first_name=st.just("") | _TEXT,
        goods=st.lists(_LINES, min_size=1, max_size=3).map(tuple),
        more=st.integers(0, 95),
        subtotal=_MONEY,
        points=st.just(0) | st.integers(1, 10**9),
        link=st.just(_LINK),
        days=st.integers(1, 90),
        unsubscribe=st.just(_UNSUBSCRIBE),
    )
    for kind in _KINDS
}
