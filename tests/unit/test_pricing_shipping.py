"""Shipping options: where, how heavy, from which amount free."""

from datetime import date

import pytest

from shared.kernel.money import Money
from shared.pricing.shipping import ShippingUnavailable, choose, options

TODAY = date(2026, 11, 20)


def ids(country: str, postcode: str = "", weight_g: int = 0) -> list[str]:
    return [option.id for option in options({}, country, postcode, weight_g, TODAY)]


def test_each_zone_has_its_options() -> None:
    assert ids("FR") == ids("BE") == ids("LU") == ["pickup", "standard", "express"]
    assert ids("CH") == ["standard", "express"]
    assert ids("US") == []


def test_overseas_postcodes_of_france_are_not_served() -> None:
    assert ids("FR", "97400") == []
    assert ids("FR", "75011") != []


def test_a_parcel_too_heavy_for_an_option_does_not_see_it() -> None:
    assert ids("FR", "75011", 20_001) == ["standard", "express"]
    assert ids("FR", "75011", 30_001) == []


def test_price_follows_the_weight_and_is_free_from_the_threshold() -> None:
    standard = choose({}, "standard", "FR", "75011", 0, TODAY)
    assert standard.cost(500, 0) == Money(490, "EUR")
    assert standard.cost(501, 0) == Money(690, "EUR")
    assert standard.cost(501, 5_999) == Money(690, "EUR")
    assert standard.cost(501, 6_000) == Money(0, "EUR")
    with pytest.raises(ShippingUnavailable):
        standard.cost(30_001, 0)


@pytest.mark.parametrize(("id", "country"), [("pickup", "CH"), ("teleport", "FR"), ("standard", "US")])
def test_an_option_that_does_not_serve_the_address_is_refused(id: str, country: str) -> None:
    with pytest.raises(ShippingUnavailable):
        choose({}, id, country, "", 0, TODAY)


def test_names_follow_the_locale_and_fall_back_to_english() -> None:
    option = choose({}, "pickup", "FR", "", 0, TODAY)
    assert [option.name(locale) for locale in ("fr-BE", "en", "de")] == [
        "Point relais",
        "Pickup point",
        "Pickup point",
    ]


def test_a_brands_own_tariff_replaces_the_houses_and_is_dated() -> None:
    own = {
        "shipping": {
            "tariffs": [
                {"effective_from": since, "currency": "CHF", "zones": {"all": {"countries": ["CH"]}}, "options": [
                    {"id": "post", "pickup_point": False, "name": {"en": "Post"},
                     "zones": {"all": {"days": [1, 2], "free_from": None, "up_to_g": [[1000, price]]}}},
                ]}
                for since, price in (("2026-01-01", 700), ("2027-01-01", 800))
            ]
        }
    }  # fmt: skip
    assert [o.cost(1, 0) for o in options(own, "CH", "", 0, TODAY)] == [Money(700, "CHF")]
    assert [o.cost(1, 0) for o in options(own, "CH", "", 0, date(2027, 1, 1))] == [Money(800, "CHF")]
    assert options(own, "CH", "", 0, date(2025, 1, 1)) == []
    assert options(own, "FR", "", 0, TODAY) == []
