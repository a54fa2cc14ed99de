"""order.paid, as the catalogue hears it: what was sold is counted once."""

from functions.catalog.on_products_sold import handler
from shared.catalog import popularity
from shared.platform.brands import Brand
from tests.buyers import Buyer, captured, deliver, for_sale
from tests.gateway import Bus
from tests.people import rows
from tests.till import Till


def test_units_are_counted_by_product_whatever_is_delivered_twice(brand: Brand, till: Till, bus: Bus) -> None:
    buyer = Buyer.of(brand)
    mug, bowl = for_sale(brand), for_sale(brand, title="Bol")
    buyer.add(mug, 2)
    buyer.add(bowl, 3)
    captured(brand, till, bus, buyer.check_out())
    for _ in range(2):
        assert deliver(bus, handler, "order.paid") == {"batchItemFailures": []}
    sold = rows(brand, "SELECT sales, views, popularity, shown FROM catalog.product_stats ORDER BY sales")
    assert [(row.sales, row.views) for row in sold] == [(2, 0), (3, 0)]
    assert sold[1].popularity > sold[0].popularity > 0 == sold[0].shown


def test_a_sale_says_more_than_a_view() -> None:
    assert popularity.SALE_WEIGHT > 1
