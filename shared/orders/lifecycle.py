"""The states of an order and the moves between them. Pure."""

from enum import StrEnum

from shared.kernel.refusals import Refusal


class Status(StrEnum):
    """A state of an order. Orders paid in points walk the same machine."""

    DRAFT = "draft"
    PENDING_PAYMENT = "pending_payment"
    PAYMENT_REVIEW = "payment_review"
    PAID = "paid"
    PREPARING = "preparing"
    FULFILLED = "fulfilled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


_S = Status

# The one table. Money that arrives for an order which cannot use it (cancelled, paid before) is reviewed by staff: hence the
# ways into payment_review. A partial refund leaves fulfilment possible, from where it stood: see `moves_from`.
MOVES: dict[Status, frozenset[Status]] = {
    _S.DRAFT: frozenset({_S.PENDING_PAYMENT, _S.CANCELLED}),
    _S.PENDING_PAYMENT: frozenset({_S.PAID, _S.PAYMENT_REVIEW, _S.CANCELLED}),
    _S.PAYMENT_REVIEW: frozenset({_S.PAID, _S.CANCELLED, _S.REFUNDED, _S.PARTIALLY_REFUNDED}),
    _S.PAID: frozenset({_S.PREPARING, _S.PAYMENT_REVIEW, _S.CANCELLED, _S.PARTIALLY_REFUNDED, _S.REFUNDED}),
    _S.PREPARING: frozenset(
        {_S.FULFILLED, _S.PAYMENT_REVIEW, _S.CANCELLED, _S.PARTIALLY_REFUNDED, _S.REFUNDED}
    ),
    _S.FULFILLED: frozenset({_S.COMPLETED, _S.PARTIALLY_REFUNDED, _S.REFUNDED}),
    _S.COMPLETED: frozenset({_S.PARTIALLY_REFUNDED, _S.REFUNDED}),
    _S.CANCELLED: frozenset({_S.PAYMENT_REVIEW}),
    _S.PARTIALLY_REFUNDED: frozenset(
        {
            _S.PAID,
            _S.PREPARING,
            _S.FULFILLED,
            _S.COMPLETED,
            _S.CANCELLED,
            _S.PARTIALLY_REFUNDED,
            _S.REFUNDED,
        }
    ),
    _S.REFUNDED: frozenset(),
}
# What staff set by name; the other states follow from money that comes or goes.
BY_HAND = frozenset({_S.PAID, _S.PREPARING, _S.FULFILLED, _S.COMPLETED, _S.CANCELLED})
_BY_REFUND = frozenset({_S.PARTIALLY_REFUNDED, _S.REFUNDED})


class IllegalMove(Refusal):
    """An order cannot go from its state to that one."""


def moves_from(current: Status, stage: Status = _S.PAID) -> frozenset[Status]:
    """Where an order in the state `current` may go. `stage` is how far it had come before it was partially refunded."""
    if current is not _S.PARTIALLY_REFUNDED:
        return MOVES[current]
    return (MOVES[current] & MOVES[stage]) | _BY_REFUND


def moves_by_hand(current: Status, stage: Status = _S.PAID) -> frozenset[Status]:
    """Where staff may send it. That a buyer has paid is the provider's word: they only accept what they have reviewed."""
    moves = moves_from(current, stage) & BY_HAND
    return moves - {_S.PAID} if current is _S.PENDING_PAYMENT else moves


def may_move(current: Status, wanted: Status, stage: Status = _S.PAID) -> bool:
    """Whether an order may go from `current` to `wanted`."""
    return wanted in moves_from(current, stage)


def check_move(current: Status, wanted: Status, stage: Status = _S.PAID) -> None:
    """Raise IllegalMove, with the moves that are `allowed`, unless an order may go from `current` to `wanted`."""
    _check(current, wanted, moves_from(current, stage))


def check_move_by_hand(current: Status, wanted: Status, stage: Status = _S.PAID) -> None:
    """Raise IllegalMove, with those that are `allowed`, unless staff may send an order from `current` to `wanted`."""
    _check(current, wanted, moves_by_hand(current, stage))


def check_refundable(current: Status) -> None:
    """Raise IllegalMove while no money can have come for an order."""
    if current in (_S.DRAFT, _S.PENDING_PAYMENT):
        _check(current, _S.REFUNDED, MOVES[current])


def after_refund(current: Status, *, captured: int, refunded: int, of_price: int) -> Status | None:
    """The state that a refund leads to, None when it changes none.

    Minor units, all refunds counted: `of_price` of the `refunded` ones are for what was bought, the rest was paid too much. What
    was cancelled stays so.
    """
    if current in (_S.DRAFT, _S.PENDING_PAYMENT, _S.CANCELLED, _S.REFUNDED):
        return None
    if refunded >= captured:
        return _S.REFUNDED
    return _S.PARTIALLY_REFUNDED if of_price > 0 else None


def _check(current: Status, wanted: Status, allowed: frozenset[Status]) -> None:
    if wanted not in allowed:
        raise IllegalMove(
            f"An order that is {current} cannot become {wanted}.",
            current=current.value,
            allowed=sorted(status.value for status in allowed),
        )
