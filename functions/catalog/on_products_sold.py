"""order.paid — count what was sold, and note in its buyer's reviews that they have it."""

from shared.catalog import popularity, reviews
from shared.catalog.popularity import Counted
from shared.orders.events import OrderPaidV1
from shared.orders.purchases import bought_in
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_products_sold(fact: OrderPaidV1, work: Work) -> None:
    bought = bought_in(work, fact.order_id)
    popularity.note(work, {product: Counted(sales=units) for product, units in bought.units.items()})
    customer_id = bought.customer_id or fact.customer_id
    if customer_id is not None:
        reviews.verify(work, customer_id, list(bought.units))


handler = consumer(on_products_sold, listens=OrderPaidV1)
