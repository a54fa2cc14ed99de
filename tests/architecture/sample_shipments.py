"""An order of the demo brand of which a part is in a shipment, and what its carrier signs: what samples of fulfilment are about."""

import hashlib
import hmac
from uuid import UUID

from functions._generate.demo import FACTS, OVERRIDES
from local.sendcloud.parcels import ACCOUNT
from shared.orders import shipment_making, store
from shared.platform.brands import Brand
from shared.platform.work import begin


def make_shipments(brand: Brand, order_id: UUID, item_id: str) -> dict[str, str]:
    """Give the (paid) order a shipment of one unit; rows, by their own ids, under which ids the samples name them."""
    with begin(brand, "sample") as work:
        order = store.lock(work, order_id)
        assert order is not None
        [made] = shipment_making.make(work, order, {item_id: 1}, by="system", carrier="Colissimo")
    return {str(order_id): OVERRIDES["create_shipments"]["order_id"], str(made.id): FACTS["shipment_id"]}


def sendcloud_signature(body: str) -> str:
    """What Sendcloud signs a webhook with."""
    return hmac.new(ACCOUNT[1].encode(), body.encode(), hashlib.sha256).hexdigest()
