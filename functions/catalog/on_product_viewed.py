"""product.viewed — count how often a product's page is looked at."""

from shared.catalog import popularity
from shared.catalog.events import ProductViewedV1
from shared.catalog.popularity import Counted
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_product_viewed(fact: ProductViewedV1, work: Work) -> None:
    popularity.note(work, {fact.product_id: Counted(views=fact.views)})


handler = consumer(on_product_viewed, listens=ProductViewedV1)
