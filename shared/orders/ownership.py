"""Whose orders are whose: a buyer's are those of their record, and of the guest's record under the address they have proved."""

from uuid import UUID

from shared.identity.callers import Member
from shared.identity.customers import same_person
from shared.orders import store
from shared.orders.refusals import OrderNotFound
from shared.platform.work import Work


def records_of(work: Work, caller: Member) -> list[UUID]:
    """The caller's records as a buyer; none for who is no customer."""
    return same_person(work, caller.customer_id) if caller.customer_id is not None else []


def check_own(work: Work, caller: Member, order_id: UUID) -> None:
    """Raise OrderNotFound unless the order is the caller's."""
    order = store.find(work, order_id)
    if order is None or order.customer_id is None or order.customer_id not in records_of(work, caller):
        raise OrderNotFound
