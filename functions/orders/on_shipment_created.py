"""shipment.created — have a carrier with an API take the parcel: its label, its tracking number."""

from shared.orders import shipment_store
from shared.orders.carriers.port import Unknown
from shared.orders.events import ShipmentCreatedV1
from shared.orders.following import CarrierSilent, Follow, Followed, ask_carrier, take_answer, to_ask
from shared.platform.doors import Steps, consumer
from shared.platform.work import Work


def find_parcel(fact: ShipmentCreatedV1, work: Work) -> Follow | None:
    found = shipment_store.find(work, fact.order_id, fact.shipment_id)
    ask = to_ask(work, found) if found is not None else None
    # One that has a number has been announced, by the job or by staff.
    return ask if ask is not None and ask.announce is not None else None


def note_answer(ask: Follow, found: Followed, work: Work) -> None:
    if isinstance(found.answer, Unknown):
        # Asked again under the same name, the carrier makes no second label.
        raise CarrierSilent(found.answer.reason)
    take_answer(work, ask, found)


handler = consumer(Steps(find_parcel, ask_carrier, note_answer), listens=ShipmentCreatedV1)
