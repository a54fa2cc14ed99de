"""shipment.cancelled — give the carrier's label back."""

from uuid import UUID

from shared.orders import shipment_store
from shared.orders.carriers.accounts import api_of, has_account
from shared.orders.carriers.port import Done, Refused, Unknown
from shared.orders.events import ShipmentCancelledV1
from shared.orders.following import CarrierSilent
from shared.platform.brands import brand_by_id
from shared.platform.doors import Steps, consumer
from shared.platform.logs import log
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work


class UnusedLabel(Pending):
    """A label that nobody will use."""

    brand_id: UUID
    carrier: str
    ref: str


class GivenBack(Outcome):
    """What the carrier said."""

    answer: Done | Refused | Unknown


def find_label(fact: ShipmentCancelledV1, work: Work) -> UnusedLabel | None:
    found = shipment_store.find(work, fact.order_id, fact.shipment_id)
    if found is None or found.carrier_ref is None or not has_account(work.brand, found.carrier):
        return None
    assert found.carrier is not None
    return UnusedLabel(brand_id=work.brand.id, carrier=found.carrier, ref=found.carrier_ref)


def give_back(label: UnusedLabel) -> GivenBack:
    return GivenBack(answer=api_of(brand_by_id(label.brand_id), label.carrier).cancel(label.ref))


def note(label: UnusedLabel, found: GivenBack, work: Work) -> None:
    match found.answer:
        case Unknown(reason=reason):
            raise CarrierSilent(reason)
        case Refused(reason=reason):
            # Given back before, or too late: either way there is nothing more to do here.
            log.warning("label not taken back", extra={"carrier": label.carrier, "reason": reason})


handler = consumer(Steps(find_label, give_back, note), listens=ShipmentCancelledV1)
