"""The demo's promotions, all of them by a code."""

from decimal import Decimal

from local.demo import ids
from shared.billing.promotions.terms import PromotionWish
from shared.kernel.money import Money

WELCOME_CODE, GROCERY_CODE, SCARCE_CODE = "WELCOME10", "EPICERIE5", "FIRST50"


def promotions() -> list[PromotionWish]:
    """10 % off everything, once for each buyer; 5.00 EUR off groceries from 15.00 EUR, beside others; 15 % for the first 50
    buyers, or while 300.00 EUR last."""
    return [
        PromotionWish(
            code=WELCOME_CODE, name="Bienvenue", type="percentage", value=Decimal(10), max_uses_per_user=1
        ),
        PromotionWish(
            code=GROCERY_CODE,
            name="Cinq euros d’épicerie",
            type="fixed",
            value=[Money(500, "EUR")],
            category_ids=[ids.category(1)],
            minimum_amount=[Money(1500, "EUR")],
            stackable=True,
        ),
        PromotionWish(
            code=SCARCE_CODE,
            name="Les cinquante premiers",
            type="percentage",
            value=Decimal(15),
            max_uses=50,
            budget=[Money(30_000, "EUR")],
        ),
    ]
