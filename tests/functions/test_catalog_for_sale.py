"""What the contexts above are told of variants: only what is for sale, at the price of the moment."""

from datetime import timedelta

from shared.catalog.variants import for_sale, skus
from shared.kernel.money import Money
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.shop import LONG_AGO, euros, product, sell, variant
from tests.stock import some_id

HOUR = timedelta(hours=1)


def test_a_variant_for_sale_brings_what_a_line_is_made_of(brand: Brand) -> None:
    sold = variant(
        "BOL-S",
        euros(1900),
        euros(1500, starts_at=LONG_AGO),
        title="Petit",
        options={"Taille": "S"},
        weight_g=450,
        tax_category="reduced",
        price_points=190,
    )
    sell(brand, product("bol", sold))
    with begin(brand, "test") as work:
        found = for_sale(work, [sold.id, some_id()], "EUR")
        assert for_sale(work, [sold.id], "CHF")[sold.id].price is None
    (line,) = found.values()
    assert line.full_title == "Bol · Petit"
    assert (line.slug, line.sku, line.options) == ("bol", "BOL-S", {"Taille": "S"})
    assert (line.price, line.compare_at, line.price_points) == (Money(1500, "EUR"), Money(1900, "EUR"), 190)
    assert (line.weight_g, line.tax_category, line.kind) == (450, "reduced", "physical")
    assert line.image == "products/bol.webp"


def test_what_is_not_published_is_not_for_sale_but_keeps_its_sku(brand: Brand, another_brand: Brand) -> None:
    draft = product("draft", variant("D"), status="draft", published_at=None)
    archived = product("archived", variant("A"), status="archived")
    planned = product("planned", variant("P"), published_at=clock.now() + HOUR)
    sell(brand, draft, archived, planned)
    foreign = product("foreign", variant("F"))
    sell(another_brand, foreign)
    ids = [each.variants[0].id for each in (draft, archived, planned, foreign)]
    with begin(brand, "test") as work:
        assert for_sale(work, ids, "EUR") == {}
        assert sorted(skus(work, ids).values()) == ["A", "D", "P"]
