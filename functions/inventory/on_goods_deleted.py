"""product.deleted, variant.removed — write off the stock of what the catalogue knows no more, and let nobody wait for it."""

from shared.catalog.events import ProductDeletedV1, VariantRemovedV1
from shared.inventory.clearing import clear
from shared.inventory.reservations import SYSTEM
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_goods_deleted(fact: ProductDeletedV1 | VariantRemovedV1, work: Work) -> None:
    variants = fact.variant_ids if isinstance(fact, ProductDeletedV1) else [fact.variant_id]
    clear(work, variants, SYSTEM)


handler = consumer(on_goods_deleted, listens=[ProductDeletedV1, VariantRemovedV1])
