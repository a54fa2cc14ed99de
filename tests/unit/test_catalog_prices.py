"""Which price is in force."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.prices import Offer, Price, offer

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
    sales = [price.amount for price in valid if price.is_sale]
    if sales:
        assert found.amount == min(sales)
