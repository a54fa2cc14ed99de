"""The states of an order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.money import Money
from shared.orders.lifecycle import MOVES, IllegalMove, Status, check_move, may_move
from shared.orders.payment import ALREADY_PAID, CANCELLED, REASONS, WRONG_AMOUNT, unfit

STATUSES = st.sampled_from(list(Status))


def reachable(start: Status) -> set[Status]:
    seen, todo = {start}, [start]
    while todo:
        for status in MOVES[todo.pop()] - seen:
            seen.add(status)
            todo.append(status)
    return seen


def test_every_state_is_reached_from_a_draft() -> None:
    assert reachable(Status.DRAFT) == set(Status)


def test_refunded_is_the_only_end() -> None:
    assert [status for status in Status if not MOVES[status]] == [Status.REFUNDED]


def test_nothing_becomes_unpaid_again_and_what_was_fulfilled_is_never_cancelled() -> None:
    for status in Status:
        if status is not Status.DRAFT:
            assert not may_move(status, Status.PENDING_PAYMENT)
        assert not may_move(status, Status.DRAFT)
    for status in (Status.FULFILLED, Status.COMPLETED, Status.REFUNDED):
        assert Status.CANCELLED not in MOVES[status]


def test_goods_leave_only_for_orders_that_were_paid() -> None:
    unpaid = {Status.DRAFT, Status.PENDING_PAYMENT, Status.PAYMENT_REVIEW, Status.CANCELLED, Status.REFUNDED}
    for status in unpaid:
        assert not MOVES[status] & {Status.PREPARING, Status.FULFILLED, Status.COMPLETED}


@given(STATUSES, STATUSES)
def test_an_illegal_move_names_the_legal_ones(current: Status, wanted: Status) -> None:
    if may_move(current, wanted):
        check_move(current, wanted)
        return
    with pytest.raises(IllegalMove) as refused:
        check_move(current, wanted)
    assert refused.value.extra == {"current": current.value, "allowed": sorted(MOVES[current])}


@given(STATUSES, st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(["EUR", "CHF"]))
def test_only_a_waiting_order_takes_just_its_own_amount(
    status: Status, total: int, received: int, currency: str
) -> None:
    reason = unfit(status, Money(total, "EUR"), Money(received, currency))
    assert reason is None or reason in REASONS
    if status is Status.CANCELLED:
        assert reason == CANCELLED
    elif status is not Status.PENDING_PAYMENT:
        assert reason == ALREADY_PAID
    else:
        assert (reason is None) == (total == received and currency == "EUR")
        assert reason in (None, WRONG_AMOUNT)
