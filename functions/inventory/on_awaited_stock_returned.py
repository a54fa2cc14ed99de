"""awaited_stock.returned — queue the mails of those who wait for a variant, in the order in which they asked."""

from shared.inventory.events import AwaitedStockReturnedV1
from shared.inventory.restock_requests import tell_waiting
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_awaited_stock_returned(fact: AwaitedStockReturnedV1, work: Work) -> None:
    tell_waiting(work, fact.variant_id)


handler = consumer(on_awaited_stock_returned, listens=AwaitedStockReturnedV1)
