"""The states of an order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.money import Money
from shared.orders.lifecycle import (
    BY_HAND,
    MOVES,
    IllegalMove,
    Status,
    after_refund,
    check_move,
    check_move_by_hand,
    check_refundable,
    may_move,
    moves_by_hand,
    moves_from,
)
from shared.orders.payment import ALREADY_PAID, CANCELLED, REASONS, WRONG_AMOUNT, unfit

STATUSES = st.sampled_from(list(Status))
STAGES = st.sampled_from(
    [Status.PAYMENT_REVIEW, Status.PAID, Status.PREPARING, Status.FULFILLED, Status.COMPLETED]
)


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


@given(STATUSES, STATUSES, STAGES)
def test_an_illegal_move_names_the_legal_ones(current: Status, wanted: Status, stage: Status) -> None:
    for check, moves in ((check_move, moves_from), (check_move_by_hand, moves_by_hand)):
        legal = moves(current, stage)
        if wanted in legal:
            check(current, wanted, stage)
            continue
        with pytest.raises(IllegalMove) as refused:
            check(current, wanted, stage)
        assert refused.value.extra == {"current": current.value, "allowed": sorted(legal)}


@given(STATUSES, STAGES)
def test_where_an_order_stood_only_narrows_where_it_may_go(current: Status, stage: Status) -> None:
    assert moves_from(current, stage) <= MOVES[current]
    assert moves_by_hand(current, stage) <= moves_from(current, stage) & BY_HAND


@pytest.mark.parametrize(
    ("stage", "onwards"),
    [
        (Status.PAYMENT_REVIEW, {Status.PAID, Status.CANCELLED}),
        (Status.PAID, {Status.PREPARING, Status.CANCELLED}),
        (Status.PREPARING, {Status.FULFILLED, Status.CANCELLED}),
        (Status.FULFILLED, {Status.COMPLETED}),
        (Status.COMPLETED, set()),
    ],
)
def test_a_partial_refund_leaves_fulfilment_where_it_stood(stage: Status, onwards: set[Status]) -> None:
    assert moves_by_hand(Status.PARTIALLY_REFUNDED, stage) == onwards


def test_only_a_reviewed_payment_is_accepted_by_hand() -> None:
    accepted = [status for status in Status if Status.PAID in moves_by_hand(status)]
    assert accepted == [Status.PAYMENT_REVIEW]


@given(STATUSES, st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_a_refund_leads_only_where_the_table_lets_it(
    current: Status, captured: int, refunded: int, of_price: int
) -> None:
    of_price = min(of_price, refunded)
    led = after_refund(current, captured=captured, refunded=refunded, of_price=of_price)
    if led is None:
        return
    assert may_move(current, led)
    assert (led is Status.REFUNDED) == (refunded >= captured)
    assert led is Status.REFUNDED or of_price > 0


def test_money_goes_back_for_whatever_was_paid_and_for_nothing_else() -> None:
    for status in Status:
        if status in (Status.DRAFT, Status.PENDING_PAYMENT):
            with pytest.raises(IllegalMove):
                check_refundable(status)
        else:
            check_refundable(status)


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
