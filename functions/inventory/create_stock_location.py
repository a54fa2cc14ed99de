"""POST /v1/admin/inventory/locations — open a place that ships: a micro-hub, or a partner's."""

from shared.identity.callers import Staff
from shared.inventory.places import Location, NewLocation, open_location
from shared.inventory.refusals import LocationCodeTaken
from shared.platform.doors import endpoint
from shared.platform.work import Work


def create_stock_location(ask: NewLocation, caller: Staff, work: Work) -> Location:
    made = open_location(work, ask)
    work.audit(resource={"location_id": made.id}, after=made)
    return made


handler = endpoint(
    "POST",
    "/v1/admin/inventory/locations",
    create_stock_location,
    needs="inventory:manage",
    refuses=[LocationCodeTaken],
    status=201,
)
