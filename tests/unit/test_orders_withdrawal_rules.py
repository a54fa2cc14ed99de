"""Who may withdraw from a purchase, until when, and what of the shipping goes back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.orders.lifecycle import Status
from shared.orders.refund_rules import ItemNotInOrder, Part, UnitsNotLeft
from shared.orders.withdrawal_rules import (
    MOVES,
    OPEN,
    IllegalAnswer,
    NothingToWithdrawFrom,
    WithdrawalForConsumers,
    WithdrawalStatus,
    WithdrawalTooLate,
    check_answer,
    check_may_withdraw,
    standard_shipping,
    time_limit,
    units_withdrawn,
)
from shared.pricing.shipping import ShippingOption

PARIS = "Europe/Paris"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("delivered", "ends"),
    [
        # A Tuesday: the fourteenth day after it is a Tuesday, which counts to its end.
        ("2026-11-03T10:00:00+01:00", "2026-11-18T00:00:00+01:00"),
        # Late in the evening in Paris is already the next day's night in UTC, and still that day.
        ("2026-11-03T23:30:00+01:00", "2026-11-18T00:00:00+01:00"),
        # The fourteenth day is a Saturday, or a Sunday: the Monday after it is the last one.
        ("2026-11-07T10:00:00+01:00", "2026-11-24T00:00:00+01:00"),
        ("2026-11-08T10:00:00+01:00", "2026-11-24T00:00:00+01:00"),
        # Over the end of summer time: days, not hours.
        ("2026-10-20T10:00:00+02:00", "2026-11-04T00:00:00+01:00"),
    ],
)
def test_the_last_day_is_the_fourteenth_after_the_delivery_or_the_next_working_day(
    delivered: str, ends: str
) -> None:
    assert time_limit(at(delivered), PARIS) == at(ends)


@given(
    st.integers(946_684_800, 4_102_444_800).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.sampled_from([PARIS, "UTC", "Asia/Tokyo"]),
)
def test_nobody_ever_has_less_than_fourteen_whole_days_or_more_than_seventeen(
    moment: datetime, zone: str
) -> None:
    limit = time_limit(moment, zone)
    assert limit is not None
    assert timedelta(days=14) - timedelta(hours=1) < limit - moment < timedelta(days=17, hours=1)
    assert (limit - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).weekday() < 5


def test_before_the_delivery_the_time_has_not_begun() -> None:
    assert time_limit(None, PARIS) is None


def test_who_bought_for_a_business_what_is_not_paid_and_what_is_too_late_is_refused() -> None:
    now, limit = at("2026-11-18T00:00:00+01:00"), at("2026-11-18T00:00:00+01:00")
    just_in_time = now - timedelta(microseconds=1)
    check_may_withdraw(Status.COMPLETED, is_business=False, limit=limit, now=just_in_time)
    check_may_withdraw(Status.PAID, is_business=False, limit=None, now=now)
    with pytest.raises(WithdrawalTooLate):
        check_may_withdraw(Status.COMPLETED, is_business=False, limit=limit, now=now)
    with pytest.raises(WithdrawalForConsumers):
        check_may_withdraw(Status.PAID, is_business=True, limit=None, now=now)
    for status in (Status.DRAFT, Status.PENDING_PAYMENT, Status.CANCELLED, Status.REFUNDED):
        with pytest.raises(NothingToWithdrawFrom):
            check_may_withdraw(status, is_business=False, limit=None, now=now)


PARTS = [
    Part("mug", gross=3998, tax=666, discount=0, basis_points=2000, quantity=2, returned=1, refunded=1999),
    Part("tea", gross=1000, tax=52, discount=0, basis_points=550, quantity=3),
    Part("shipping:2000", gross=490, tax=82, discount=0, basis_points=2000),
]


def test_all_that_is_left_is_withdrawn_from_unless_lines_are_named() -> None:
    assert units_withdrawn(PARTS, {}, None) == ({"mug": 1, "tea": 3}, True)
    assert units_withdrawn(PARTS, {"tea": 1}, None) == ({"mug": 1, "tea": 2}, True)
    assert units_withdrawn(PARTS, {}, {"tea": 2}) == ({"tea": 2}, False)
    assert units_withdrawn(PARTS, {"mug": 1}, {"tea": 3}) == ({"tea": 3}, True)


def test_units_are_withdrawn_from_once() -> None:
    for asked, wanted, refusal in (
        ({"mug": 1, "tea": 3}, None, NothingToWithdrawFrom),
        ({}, {"mug": 2}, UnitsNotLeft),
        ({"tea": 1}, {"tea": 3}, UnitsNotLeft),
        ({}, {"cup": 1}, ItemNotInOrder),
        ({}, {"shipping:2000": 1}, ItemNotInOrder),
    ):
        with pytest.raises(refusal):
            units_withdrawn(PARTS, asked, wanted)


def option(id: str, price: int, free_from: int | None = None, *, pickup: bool = False) -> ShippingOption:
    return ShippingOption(id, {"en": id}, "EUR", 1, 3, pickup, ((30_000, price),), free_from)


@pytest.mark.parametrize(
    ("chosen", "goods", "back"),
    [
        ("standard", 1000, 990),
        # The express way cost twice as much: what it cost more is the buyer's own wish.
        ("express", 1000, 495),
        # The standard way would have been free.
        ("express", 9000, 0),
        ("no longer offered", 1000, 990),
        (None, 1000, 990),
    ],
)
def test_the_costs_of_the_cheapest_way_go_back(chosen: str | None, goods: int, back: int) -> None:
    offered = [
        option("standard", 490, free_from=6000),
        option("express", 980),
        option("pickup", 290, pickup=True),
    ]
    assert standard_shipping(990, chosen, offered, 500, goods) == back


def test_an_answer_is_final_and_an_illegal_one_names_the_legal_ones() -> None:
    assert [status for status in WithdrawalStatus if MOVES[status]] == list(OPEN)
    with pytest.raises(IllegalAnswer) as refused:
        check_answer(WithdrawalStatus.DECLINED, WithdrawalStatus.GOODS_RETURNED)
    assert refused.value.extra == {"current": "declined", "allowed": []}
