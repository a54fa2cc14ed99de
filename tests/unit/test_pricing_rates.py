"""VAT rates as dated data, VAT numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.pricing import rates
from shared.pricing.vat_numbers import country_of

TODAY = date(2026, 11, 20)
UNION = [
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IE",
    "IT",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
]


@pytest.mark.parametrize(
    ("country", "category", "basis_points"),
    [
        ("FR", "standard", 2000),
        ("FR", "reduced", 550),
        ("FR", "intermediate", 1000),
        ("FR", "super_reduced", 210),
        ("BE", "standard", 2100),
        ("BE", "reduced", 600),
        ("LU", "standard", 1700),
        ("LU", "reduced", 800),
        ("FI", "standard", 2550),
        ("DK", "reduced", 2500),
        ("FR", "exempt", 0),
        ("CH", "standard", 0),
        ("GB", "standard", 0),
        ("MC", "standard", 2000),
    ],
)
def test_a_country_has_its_rate(country: str, category: str, basis_points: int) -> None:
    assert rates.rate(country, "", category, TODAY) == basis_points


def test_the_rate_in_force_on_the_day_counts() -> None:
    assert rates.rate("LU", "", "standard", date(2023, 12, 31)) == 1600
    assert rates.rate("LU", "", "standard", date(2024, 1, 1)) == 1700


def test_a_territory_outside_the_unions_vat_is_recognised_by_its_postcode() -> None:
    assert rates.outside("ES", "35 001", TODAY)
    assert not rates.outside("ES", "28001", TODAY)
    assert rates.rate("FR", "97400", "standard", TODAY) == 850
    assert rates.rate("FR", "97400", "reduced", TODAY) == 550


def test_all_member_states_are_known_and_nobody_else() -> None:
    assert [country for country in UNION if not rates.in_union(country)] == []
    assert not any(map(rates.in_union, ("CH", "GB", "NO", "US", "")))


@given(
    st.sampled_from(UNION),
    st.text("0123456789 AZ", max_size=7),
    st.sampled_from(sorted(rates.CATEGORIES)),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_every_address_category_and_day_has_a_rate(
    country: str, postcode: str, category: str, on: date
) -> None:
    found = rates.rate(country, postcode, category, on)
    assert 0 <= found <= rates.rate(country, postcode, "standard", on) <= 2700


def test_an_unknown_category_is_an_error_not_a_rate() -> None:
    with pytest.raises(ValueError, match="unknown tax category"):
        rates.rate("FR", "", "food", TODAY)


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("BE0417.497.106", "BE"),
        ("be 0417 497 106", "BE"),
        ("FR40303265045", "FR"),
        ("LU15027442", "LU"),
        ("EL094259216", "GR"),
        ("GR094259216", "GR"),
        ("BE0417497107", None),
        ("CHE107787577", None),
        ("0417497106", None),
        ("BE", None),
        ("GR", None),
        ("", None),
        (None, None),
    ],
)
def test_a_vat_number_tells_its_country_only_when_well_formed(
    number: str | None, country: str | None
) -> None:
    assert country_of(number) == country


@given(st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    assert country_of(text) in {None, *UNION, "XI", "EU"}
