"""listings.outdated — show products anew whose category or tag was renamed, moved or deleted, batch after batch."""

from shared.catalog import relisting
from shared.catalog.events import ListingsOutdatedV1
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_listings_outdated(fact: ListingsOutdatedV1, work: Work) -> None:
    relisting.show_next(work)


handler = consumer(on_listings_outdated, listens=ListingsOutdatedV1)
