"""Which price is in force."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.prices import Offer, Period, Price, offer, prior_price, tax_included
from shared.pricing.vat import TaxRules

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_without_a_sale_the_regular_price_is_paid() -> None:
    assert offer([Price("EUR", 1000)], "EUR", NOW) == Offer(1000, None)


def test_the_price_is_that_of_the_asked_currency() -> None:
    prices = [Price("EUR", 1000), Price("CHF", 1100)]
    assert offer(prices, "CHF", NOW) == Offer(1100, None)
    assert offer(prices, "USD", NOW) is None


def test_a_sale_is_compared_with_the_regular_price() -> None:
    prices = [Price("EUR", 1000), Price("EUR", 800, None, NOW - HOUR, NOW + HOUR)]
    assert offer(prices, "EUR", NOW) == Offer(800, 1000)


def test_a_sale_begins_at_its_start_and_is_over_at_its_end() -> None:
    prices = [Price("EUR", 1000), Price("EUR", 800, None, NOW, NOW + HOUR)]
    assert offer(prices, "EUR", NOW - timedelta(microseconds=1)) == Offer(1000, None)
    assert offer(prices, "EUR", NOW) == Offer(800, 1000)
    assert offer(prices, "EUR", NOW + HOUR) == Offer(1000, None)


def test_of_several_sales_the_lowest_counts() -> None:
    prices = [Price("EUR", 900, None, NOW - HOUR), Price("EUR", 700, None, NOW - HOUR), Price("EUR", 1000)]
    assert offer(prices, "EUR", NOW) == Offer(700, 1000)


def test_a_compared_price_that_is_not_higher_is_none() -> None:
    assert offer([Price("EUR", 1000, 1000)], "EUR", NOW) == Offer(1000, None)
    assert offer([Price("EUR", 1000, 1200)], "EUR", NOW) == Offer(1000, 1200)


@pytest.mark.parametrize("settings", [{}, {"tax": {}}, {"tax": {"prices_include_tax": False}}])
def test_shop_and_till_agree_whether_prices_include_tax(settings: dict[str, Any]) -> None:
    assert tax_included(settings) == TaxRules.of(settings).prices_include_tax


def test_a_price_reads_back_from_what_a_card_holds() -> None:
    stored = {
        "currency": "EUR",
        "amount": 800,
        "compare_at": 900,
        "starts_at": "2026-11-20T11:00:00+00:00",
        "ends_at": "2026-11-20T13:00:00+00:00",
    }
    assert Price.read(stored) == Price("EUR", 800, 900, NOW - HOUR, NOW + HOUR)
    assert Price.read({"currency": "EUR", "amount": 800}) == Price("EUR", 800)


moments = st.none() | st.integers(-3, 3).map(lambda hours: NOW + hours * HOUR)
prices = st.builds(
    Price,
    st.sampled_from(["EUR", "CHF"]),
    st.integers(0, 2000),
    st.none() | st.integers(0, 3000),
    moments,
    moments,
)


@given(st.lists(prices), st.integers(-4, 4))
def test_an_offer_is_one_of_the_prices_in_force_and_compared_only_with_more(
    known: list[Price], hours: int
) -> None:
    now = NOW + hours * HOUR
    found = offer(known, "EUR", now)
    valid = [price for price in known if price.currency == "EUR" and price.in_force(now)]
    if found is None:
        assert valid == []
        return
    assert found.amount in [price.amount for price in valid]
    assert found.compare_at is None or found.compare_at > found.amount
    assert found.amount == min(price.amount for price in valid)


DAY = timedelta(days=1)


def period(amount: int, since: int, until: int | None = None, *, announced: bool = False) -> Period:
    """A price in EUR between two days."""
    return Period("EUR", amount, announced, NOW + since * DAY, None if until is None else NOW + until * DAY)


def test_a_price_that_is_not_reduced_has_no_prior_price() -> None:
    assert prior_price([period(1000, -100)], "EUR", NOW) is None
    assert prior_price([], "EUR", NOW) is None


def test_the_prior_price_is_the_lowest_of_the_thirty_days_before_the_reduction() -> None:
    before = [period(700, -200, -41), period(900, -41, -30), period(1000, -30, -1)]
    reduced = period(500, -1, announced=True)
    assert prior_price([*before, reduced], "EUR", NOW) == 900
    assert prior_price([*before[:1], period(1000, -31, -1), reduced], "EUR", NOW) == 1000


def test_what_is_reduced_from_the_first_day_has_no_prior_price() -> None:
    assert prior_price([period(500, -3, announced=True)], "EUR", NOW) is None


def test_each_further_reduction_is_one_of_its_own() -> None:
    known = [period(1000, -60), period(800, -20, announced=True), period(600, -5, announced=True)]
    assert prior_price(known, "EUR", NOW) == 800


def test_a_reduction_begins_anew_when_a_deeper_one_within_it_has_ended() -> None:
    known = [period(1000, -60), period(800, -20, announced=True), period(600, -5, -2, announced=True)]
    assert prior_price(known, "EUR", NOW - 6 * DAY) == 1000
    assert prior_price(known, "EUR", NOW) == 600


def test_prior_prices_are_those_of_the_same_currency() -> None:
    known = [period(1000, -60), period(800, -1, announced=True), Period("CHF", 1, False, NOW - 60 * DAY)]
    assert prior_price(known, "EUR", NOW) == 1000
    assert prior_price(known, "CHF", NOW) is None


def test_a_period_reads_back_from_what_a_card_holds() -> None:
    stored = ["EUR", 800, True, "2026-11-20T13:00:00+01:00", None]
    assert Period.read(stored) == Period("EUR", 800, True, NOW, None)


def naive(known: list[Period], day: int) -> int | None:
    """The same, day by day."""

    def had(on: int) -> list[Period]:
        return [each for each in known if each.holds(NOW + on * DAY)]

    def lowest(on: int) -> int | None:
        return min((each.amount for each in had(on)), default=None)

    price = lowest(day)
    reductions = [each for each in had(day) if each.announced and each.amount == price]
    if not reductions:
        return None
    begun = day
    while lowest(begun - 1) == price and any(each in had(begun - 1) for each in reductions):
        begun -= 1
    before = [lowest(on) for on in range(begun - 30, begun)]
    return min((amount for amount in before if amount is not None), default=None)


# Days that bring something just within thirty days of something else, or just not.
nearly = st.sampled_from([1, 2, 28, 29, 30, 31, 60])


@st.composite
def lives(draw: st.DrawFn) -> list[Period]:
    """One price after the other, and some sales besides."""
    day, known = 0, []
    for amount, days, announced in draw(
        st.lists(st.tuples(st.integers(1, 5), nearly, st.booleans()), min_size=2, max_size=6)
    ):
        known.append(period(amount, day, day + days, announced=announced))
        day += days
    for amount, since, days in draw(
        st.lists(st.tuples(st.integers(1, 5), st.integers(0, day), nearly), max_size=2)
    ):
        known.append(period(amount, since, since + days, announced=True))
    return known


@given(lives())
def test_the_prior_price_is_that_of_looking_at_every_day(known: list[Period]) -> None:
    begun = {(each.since - NOW).days for each in known}
    for day in sorted(begun | {day + 1 for day in begun}):
        assert prior_price(known, "EUR", NOW + day * DAY) == naive(known, day)
