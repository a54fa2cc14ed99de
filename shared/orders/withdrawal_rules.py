"""The right to withdraw from a purchase made at a distance: until when, for whom, and what goes back. Pure.

Sources: Directive 2011/83/EU, articles 9 (14 days from the delivery), 13 (all payments, the costs of the least expensive standard
delivery included), 2 (consumers); Regulation (EEC) No 1182/71, article 3 (days are whole days, the first one does not count, and a
period that would end on a Saturday or a Sunday ends with the next working day).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from shared.kernel.refusals import Refusal
from shared.orders.lifecycle import Status
from shared.orders.refund_rules import ItemNotInOrder, Part, UnitsNotLeft
from shared.pricing.allotment import half_up
from shared.pricing.shipping import ShippingOption

PERIOD = timedelta(days=14)
_SATURDAY = 5


class WithdrawalStatus(StrEnum):
    """Where a withdrawal stands."""

    RECEIVED = "received"
    GOODS_RETURNED = "goods_returned"
    REFUNDED = "refunded"
    DECLINED = "declined"


_S = WithdrawalStatus
MOVES: dict[WithdrawalStatus, frozenset[WithdrawalStatus]] = {
    _S.RECEIVED: frozenset({_S.GOODS_RETURNED, _S.REFUNDED, _S.DECLINED}),
    _S.GOODS_RETURNED: frozenset({_S.REFUNDED, _S.DECLINED}),
    _S.REFUNDED: frozenset(),
    _S.DECLINED: frozenset(),
}
OPEN = (_S.RECEIVED, _S.GOODS_RETURNED)
# A contract that was paid for and still stands.
_STANDING = frozenset(
    {
        Status.PAYMENT_REVIEW,
        Status.PAID,
        Status.PREPARING,
        Status.FULFILLED,
        Status.COMPLETED,
        Status.PARTIALLY_REFUNDED,
    }
)


class WithdrawalTooLate(Refusal):
    """The time to withdraw is over; it ended at time_limit."""


class WithdrawalForConsumers(Refusal):
    """The right to withdraw is that of consumers, and this was bought for a business."""


class NothingToWithdrawFrom(Refusal):
    """There is nothing in this order that could be withdrawn from: it is not paid, or all of it is on its way back."""


class IllegalAnswer(Refusal):
    """A withdrawal cannot go from its state to that one."""


def time_limit(delivered_at: datetime | None, timezone: str) -> datetime | None:
    """The end of the last day to withdraw, at the place of `timezone`; None while nothing has been delivered."""
    if delivered_at is None:
        return None
    place = ZoneInfo(timezone)
    last: date = delivered_at.astimezone(place).date() + PERIOD
    while last.weekday() >= _SATURDAY:
        last += timedelta(days=1)
    return datetime.combine(last + timedelta(days=1), time(), place)


def check_may_withdraw(status: Status, *, is_business: bool, limit: datetime | None, now: datetime) -> None:
    """Raise NothingToWithdrawFrom, WithdrawalForConsumers, WithdrawalTooLate unless the buyer may."""
    if status not in _STANDING:
        raise NothingToWithdrawFrom
    if is_business:
        raise WithdrawalForConsumers
    if limit is not None and now >= limit:
        raise WithdrawalTooLate(time_limit=limit.isoformat())


def units_withdrawn(
    parts: Sequence[Part], asked_before: Mapping[str, int], wanted: Mapping[str, int] | None
) -> tuple[dict[str, int], bool]:
    """The units by line that are withdrawn from, and whether nothing else is left of the order. All of it unless `wanted`.

    `asked_before`: units in withdrawals that nobody has answered yet. Raises NothingToWithdrawFrom, ItemNotInOrder,
    UnitsNotLeft.
    """
    left = {part.key: part.units_left - asked_before.get(part.key, 0) for part in parts if part.quantity}
    left = {key: units for key, units in left.items() if units > 0}
    if not left:
        raise NothingToWithdrawFrom
    known = {part.key for part in parts if part.quantity}
    for key, units in (wanted or {}).items():
        if key not in known:
            raise ItemNotInOrder(item_id=key)
        if units > left.get(key, 0):
            raise UnitsNotLeft(item_id=key, left=left.get(key, 0))
    units_of = dict(wanted) if wanted else left
    return units_of, units_of == left


def standard_shipping(
    paid: int, chosen: str | None, offered: Sequence[ShippingOption], weight_g: int, goods: int
) -> int:
    """What of the shipping that was `paid` goes back: what the least expensive option `offered` would have cost.

    Pick-up points are compared with each other, and so is delivery to the door: who had a parcel brought home is not told that
    they might have fetched it.
    """
    taken = next((option for option in offered if option.id == chosen), None)
    asked = taken.cost(weight_g, goods).amount if taken else 0
    if taken is None or not asked:
        # What is no longer offered, or cost nothing then, cannot be compared: all that was paid goes back.
        return paid
    alike = [option for option in offered if option.pickup_point == taken.pickup_point]
    return half_up(paid * min(option.cost(weight_g, goods).amount for option in alike), asked)


def check_answer(current: WithdrawalStatus, wanted: WithdrawalStatus) -> None:
    """Raise IllegalAnswer, with what is `allowed`, unless a withdrawal may go from `current` to `wanted`."""
    if wanted not in MOVES[current]:
        raise IllegalAnswer(current=current.value, allowed=sorted(status.value for status in MOVES[current]))
