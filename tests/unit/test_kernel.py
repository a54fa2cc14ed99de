"""Ids sort by time; money never mixes currencies; refusals name themselves."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.ids import new_id
from shared.kernel.money import CurrencyMismatch, Money
from shared.kernel.refusals import NotFound, Refusal

moments = st.integers(10**10, 15 * 10**12).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))


@given(moments)
def test_an_id_is_a_uuid_of_version_7_that_carries_its_millisecond(now: datetime) -> None:
    made = new_id(now)
    assert made.version == 7
    assert made.variant == RFC_4122
    assert made.int >> 80 == int(now.timestamp() * 1000)


@given(moments, st.integers(1, 10**6))
def test_a_later_millisecond_sorts_later(now: datetime, later: int) -> None:
    assert new_id(now) < new_id(now + timedelta(milliseconds=later))


def test_ids_of_one_moment_differ() -> None:
    now = datetime.now(UTC)
    assert len({new_id(now) for _ in range(10_000)}) == 10_000


def test_amounts_of_two_currencies_are_not_added_or_compared() -> None:
    for act in (lambda: Money(1, "EUR") + Money(1, "CHF"), lambda: Money(1, "EUR") < Money(2, "CHF")):
        with pytest.raises(CurrencyMismatch):
            act()


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(0, 999))
def test_money_is_integer_arithmetic(a: int, b: int, times: int) -> None:
    assert Money(a, "EUR") + Money(b, "EUR") - Money(b, "EUR") == Money(a, "EUR")
    assert (Money(a, "EUR") * times).amount == a * times
    assert (Money(a, "EUR") <= Money(b, "EUR")) == (a <= b)


def test_a_refusal_is_named_by_its_class_and_speaks_by_its_docstring() -> None:
    class HTTPBodyOutOfStock(Refusal):
        """There is
        not enough."""

    refusal = HTTPBodyOutOfStock(available_quantity=3)
    assert refusal.code() == "http_body_out_of_stock"
    assert refusal.detail == "There is not enough."
    assert refusal.extra == {"available_quantity": 3}
    assert NotFound.status == 404
