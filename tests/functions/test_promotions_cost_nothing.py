"""A brand without promotions, and a cart without codes, pay no message to PostgreSQL for them."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.cart import contents
from shared.cart.promoting import NO_PROMOTIONS
from shared.platform import watch
from shared.platform.brands import Brand
from shared.platform.transactions import Transaction
from tests.buyers import Buyer, for_sale
from tests.promoting import Promoter
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], int]:
    """How many messages something sends."""
    sent = 0
    exchange = Transaction._exchange

    def count(self: Transaction, after: bytes) -> None:
        nonlocal sent
        sent += 1
        exchange(self, after)

    monkeypatch.setattr(Transaction, "_exchange", count)
    # Of a sampled request each statement goes alone.
    monkeypatch.setattr(watch, "SAMPLED", 10**9)

    def of(deed: Callable[[], Any]) -> int:
        before = sent
        assert deed().status in (200, 201)
        return sent - before

    return of


def test_no_message_more(
    brand: Brand, till: Till, messages: Callable[[Callable[[], Any]], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    Promoter.of(brand).make()
    mug = for_sale(brand, 50)

    def of_each() -> list[int]:
        buyer = Buyer.of(brand)
        buyer.add(mug)
        return [
            messages(deed) for deed in (buyer.look, lambda: buyer.add(mug), buyer.preview, buyer.check_out)
        ]

    of_each()
    asking = of_each()
    monkeypatch.setattr(contents, "promoting_soon", lambda *_, **__: lambda goods: NO_PROMOTIONS)
    monkeypatch.setattr(
        "functions.cart.add_item.promoting_soon", lambda *_, **__: lambda goods: NO_PROMOTIONS
    )
    assert asking == of_each()
