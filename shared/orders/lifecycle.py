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

# Money that arrives for an order which cannot use it (cancelled, paid before) is reviewed by staff: hence the ways into
# payment_review. A partial refund leaves fulfilment possible.
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
    _S.CANCELLED: frozenset({_S.PAYMENT_REVIEW, _S.REFUNDED}),
    _S.PARTIALLY_REFUNDED: frozenset(
        {_S.PREPARING, _S.FULFILLED, _S.COMPLETED, _S.CANCELLED, _S.PARTIALLY_REFUNDED, _S.REFUNDED}
    ),
    _S.REFUNDED: frozenset(),
}


class IllegalMove(Refusal):
    """An order cannot go from its state to that one."""


def may_move(current: Status, wanted: Status) -> bool:
    """Whether an order may go from `current` to `wanted`."""
    return wanted in MOVES[current]


def check_move(current: Status, wanted: Status) -> None:
    """Raise IllegalMove, with the moves that are `allowed`, unless an order may go from `current` to `wanted`."""
    if not may_move(current, wanted):
        raise IllegalMove(
            f"An order that is {current} cannot become {wanted}.",
            current=current.value,
            allowed=sorted(status.value for status in MOVES[current]),
        )
