"""What differs between a provider's lists and our books. Pure."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from shared.billing.looking import Look
from shared.billing.stripe_lists import Charged, Listed


class Booked(NamedTuple):
    """A payment as our books have it, in minor units."""

    brand_id: UUID
    id: UUID
    captured: int
    refunded: int


class Books(NamedTuple):
    """What our books have of what a provider lists: payments by its name of them, statuses of refunds and disputes by its names."""

    payments: Mapping[str, Booked]
    refunds: Mapping[str, str]
    disputes: Mapping[str, str]


class Differences(NamedTuple):
    """`looks`: what to look at, by payment of ours; `strangers`: money that is no payment of ours; `agreed`: how many are the same."""

    looks: list[tuple[Booked, Look]]
    strangers: list[Charged]
    agreed: int


def differences(listed: Listed, books: Books) -> Differences:
    """Compare all that is listed with all that is booked. What is in no list cannot be compared."""
    looks: dict[str, Look] = {}
    strangers = []
    for charge in listed.charges:
        booked = books.payments.get(charge.intent_id)
        if booked is None:
            strangers.append(charge)
        elif booked.captured != charge.received or booked.refunded != charge.refunded:
            looks[charge.intent_id] = Look(intent_id=charge.intent_id, refunds=True)
    for refund in listed.refunds:
        if refund.intent_id in books.payments and books.refunds.get(refund.refund_id) != refund.status:
            looks[refund.intent_id] = Look(intent_id=refund.intent_id, refunds=True)
    for dispute in listed.disputes:
        if dispute.intent_id in books.payments and books.disputes.get(dispute.dispute_id) != dispute.status:
            other = looks.get(dispute.intent_id) or Look(intent_id=dispute.intent_id)
            looks[dispute.intent_id] = other.model_copy(update={"dispute_id": dispute.dispute_id})
    found = [(books.payments[intent_id], look) for intent_id, look in looks.items()]
    return Differences(found, strangers, len(listed.intents.intersection(books.payments) - looks.keys()))
