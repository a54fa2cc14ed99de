"""What the samples about promotions are about beside the demo's own: one to change, one to take away, and a cart with a code."""

from decimal import Decimal

from functions._generate.demo import FACTS, OVERRIDES
from local.demo import ids
from local.demo.promotions import GROCERY_CODE
from shared.billing.promotions.editing import add_promotion
from shared.billing.promotions.terms import PromotionWish
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import Buyer
from tests.promoting import apply


def make_promotions(brand: Brand) -> tuple[dict[str, str], dict[str, str]]:
    """Rows, by their own ids, under which ids the samples name them; and the token of the cart."""
    with begin(brand, "sample") as work:
        changed, spare = (
            add_promotion(work, PromotionWish(code=code, name=code, type="percentage", value=Decimal(5)))
            for code in ("SAMPLE", "SPARE")
        )
    buyer = Buyer.of(brand)
    buyer.add(ids.COFFEE_VARIANT, 2)
    assert apply(buyer, GROCERY_CODE).status == 201
    named = {
        str(changed.id): FACTS["promotion_id"],
        str(spare.id): OVERRIDES["delete_promotion"]["promotion_id"],
        buyer.cart_id: OVERRIDES["remove_promotion"]["cart_id"],
    }
    return named, {"PROMOTED_CART_TOKEN": buyer.token}
