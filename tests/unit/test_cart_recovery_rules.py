"""When a cart is left, who is held out, how promising it is, and what reminders bring."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cart.recovery.figures import Group, RecoveryFigures
from shared.cart.recovery.plan import GAP, Idle, RecoveryPlan, held_out, judge
from shared.cart.recovery.scoring import score

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLAN = RecoveryPlan()
_IDLE = st.timedeltas(timedelta(0), timedelta(days=400))


@given(_IDLE, st.integers(0, 100), st.sampled_from(["active", "abandoned"]), st.none() | st.uuids())
def test_a_cart_is_left_after_an_hour_with_something_in_it_and_looked_at_again_later(
    idle: timedelta, lines: int, status: str, order_id: UUID | None
) -> None:
    verdict, again = judge(Idle(status, NOW - idle, lines, order_id), PLAN, NOW)
    leaves = status == "active" and lines > 0 and order_id is None
    assert (verdict == "abandon") == (leaves and timedelta(hours=1) <= idle < PLAN.expires_after)
    assert (verdict == "expire") == (order_id is None and idle >= PLAN.expires_after)
    assert (again is None) == (verdict == "expire")
    assert again is None or again > NOW


def test_the_house_reminds_after_half_an_hour_a_day_and_three_days() -> None:
    delays = [(1, timedelta(minutes=30)), (2, timedelta(days=1)), (3, timedelta(days=3))]
    assert [(step, at - NOW) for step, at in PLAN.due(NOW)] == delays
    assert [PLAN.gap_after(step) for step in (1, 2, 3)] == [GAP] * 3


def test_a_brand_s_settings_take_the_place_of_the_house_s_one_by_one() -> None:
    plan = RecoveryPlan.of({"recovery": {"delays_minutes": [10, 20], "hold_out_percent": 5}})
    assert plan.due(NOW) == [(1, NOW + timedelta(minutes=10)), (2, NOW + timedelta(minutes=20))]
    assert plan.gap_after(1) == timedelta(minutes=10)
    assert (plan.hold_out, plan.abandoned_after, plan.expires_after) == (
        5,
        timedelta(minutes=60),
        timedelta(days=90),
    )
    assert RecoveryPlan.of({}) == PLAN


@given(st.uuids(), st.integers(0, 100))
def test_the_lot_is_the_same_whenever_it_is_drawn_and_nobody_leaves_a_larger_share(
    cart: UUID, percent: int
) -> None:
    assert held_out(cart, percent) == held_out(cart, percent)
    assert not held_out(cart, percent) or held_out(cart, min(100, percent + 1))
    assert (held_out(cart, 0), held_out(cart, 100)) == (False, True)


def test_the_share_is_about_what_was_asked_for() -> None:
    drawn = sum(held_out(uuid4(), 20) for _ in range(4000))
    assert 640 <= drawn <= 960


_AMOUNT, _SPENT = st.integers(0, 10**12), st.integers(0, 10**12)


@given(_AMOUNT, _IDLE, _SPENT)
def test_a_score_lies_between_0_and_100_and_grows_with_each_of_its_parts(
    amount: int, idle: timedelta, spent: int
) -> None:
    here = score(amount, NOW - idle, spent, NOW)
    assert 0 <= here <= 100
    assert score(amount + 1000, NOW - idle, spent, NOW) >= here
    assert score(amount, NOW - idle, spent + 1000, NOW) >= here
    assert score(amount, NOW - idle - timedelta(hours=1), spent, NOW) <= here


@pytest.mark.parametrize(
    ("amount", "hours", "spent", "points"),
    [(0, 10**6, 0, 0.0), (10_000, 0, 0, 55.0), (10_000, 24, 20_000, 50.0), (30_000, 48, 60_000, 60.0)],
)
def test_the_score_is_the_one_of_the_documents(amount: int, hours: int, spent: int, points: float) -> None:
    assert score(amount, NOW - timedelta(hours=hours), spent, NOW) == points


def figures(mailed: Group, spared: Group) -> RecoveryFigures:
    return RecoveryFigures("EUR", mailed.plus(spared), mailed, spared, Group(), Group())


def test_what_mails_bring_is_what_comes_beyond_those_who_come_by_themselves() -> None:
    # Of 80 mailed 24 buy for 2,400.00; of 20 held out 4 buy for 400.00: without mails 80 would have brought 1,600.00.
    found = figures(Group(80, 900_000, 24, 240_000), Group(20, 200_000, 4, 40_000))
    assert found.incremental_revenue == 80_000
    assert figures(Group(10, 0, 1, 5000), Group()).incremental_revenue is None
    assert figures(Group(3, 0, 0, 0), Group(2, 0, 1, 1)).incremental_revenue == -2
