"""GET /v1/admin/inventory/locations — the places that ship, the preferred one first."""

from shared.identity.callers import Staff
from shared.inventory import places
from shared.inventory.places import Location
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AskForLocations(ListQuery):
    """`page` and `limit`."""


class LocationList(Response):
    data: list[Location]
    pagination: Pagination


def list_stock_locations(ask: AskForLocations, caller: Staff, work: Work) -> LocationList:
    return LocationList(
        data=places.page(work, ask.limit, ask.offset), pagination=Pagination.of(ask, places.count(work))
    )


handler = endpoint("GET", "/v1/admin/inventory/locations", list_stock_locations, needs="inventory:read")
