"""Rules of spreading wanted units over stock items."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.inventory.allocation import Item, Shortage, allocate

VARIANT, OTHER = UUID(int=1), UUID(int=2)


def item(
    number: int,
    on_hand: int,
    *,
    variant: UUID = VARIANT,
    reserved: int = 0,
    safety: int = 0,
    backorder: bool = False,
    held: int = 0,
) -> Item:
    return Item(UUID(int=100 + number), variant, on_hand, reserved, safety, backorder, held)


def test_what_is_wanted_comes_from_the_one_place_that_has_it() -> None:
    near, far = item(1, 5), item(2, 5)
    assert allocate({VARIANT: 4}, [near, far]).quantities == {near.id: 4, far.id: 0}


def test_a_place_that_has_everything_is_better_than_two_that_share() -> None:
    near, far = item(1, 3), item(2, 9)
    assert allocate({VARIANT: 4}, [near, far]).quantities == {near.id: 0, far.id: 4}


def test_places_share_when_none_has_everything() -> None:
    near, far = item(1, 3), item(2, 3)
    assert allocate({VARIANT: 4}, [near, far]).quantities == {near.id: 3, far.id: 1}


def test_a_hold_stays_where_it_is() -> None:
    near, far = item(1, 9), item(2, 9, reserved=2, held=2)
    assert allocate({VARIANT: 3}, [near, far]).quantities == {near.id: 0, far.id: 3}


def test_the_holders_own_units_count_as_open_to_it() -> None:
    full = item(1, 5, reserved=5, held=2)
    assert allocate({VARIANT: 2}, [full]).quantities == {full.id: 2}
    assert allocate({VARIANT: 3}, [full]).shortages == [Shortage(VARIANT, 3, 2)]


def test_the_safety_stock_is_not_for_sale() -> None:
    assert allocate({VARIANT: 4}, [item(1, 5, safety=2)]).shortages == [Shortage(VARIANT, 4, 3)]


def test_a_variant_without_stock_is_short() -> None:
    assert allocate({VARIANT: 1}, []).shortages == [Shortage(VARIANT, 1, 0)]


def test_giving_back_never_fails() -> None:
    assert allocate({VARIANT: 0}, []) == ({}, [])
    taken = item(1, 5, reserved=3, held=3)
    assert allocate({VARIANT: 0}, [taken]).quantities == {taken.id: 0}


def test_one_short_variant_leaves_nothing_taken_of_the_others() -> None:
    plenty, none = item(1, 9), item(2, 0, variant=OTHER)
    found = allocate({VARIANT: 1, OTHER: 1}, [plenty, none])
    assert found.quantities == {}
    assert found.shortages == [Shortage(OTHER, 1, 0)]


def test_what_is_missing_goes_on_backorder_where_that_is_allowed() -> None:
    near, far = item(1, 2), item(2, 1, backorder=True)
    assert allocate({VARIANT: 10}, [near, far]).quantities == {near.id: 2, far.id: 8}


@st.composite
def places(draw: st.DrawFn) -> list[Item]:
    found = []
    for number in range(draw(st.integers(0, 4))):
        on_hand, safety = draw(st.integers(0, 20)), draw(st.integers(0, 3))
        reserved = draw(st.integers(0, max(0, on_hand - safety)))
        found.append(
            item(
                number,
                on_hand,
                variant=draw(st.sampled_from([VARIANT, OTHER])),
                reserved=reserved,
                safety=min(safety, on_hand - reserved),
                held=draw(st.integers(0, reserved)),
            )
        )
    return found


@given(places(), st.dictionaries(st.sampled_from([VARIANT, OTHER]), st.integers(0, 30)))
def test_an_allocation_gives_exactly_what_is_wanted_within_what_is_open_or_says_what_is_short(
    stock: list[Item], wanted: dict[UUID, int]
) -> None:
    found = allocate(wanted, stock)
    by_id = {place.id: place for place in stock}
    open_units = {
        variant: sum(place.open_to_holder for place in stock if place.variant_id == variant)
        for variant in wanted
    }
    assert {short.variant_id for short in found.shortages} == {
        variant for variant, units in wanted.items() if units > open_units[variant]
    }
    assert all(short.available == open_units[short.variant_id] for short in found.shortages)
    for place_id, units in found.quantities.items():
        assert 0 <= units <= by_id[place_id].open_to_holder
    if not found.shortages:
        for variant, units in wanted.items():
            given_units = [
                given for id_, given in found.quantities.items() if by_id[id_].variant_id == variant
            ]
            assert sum(given_units) == units
