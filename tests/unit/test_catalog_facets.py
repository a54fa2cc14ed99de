"""Counting what products bear."""

import struct
from collections import Counter
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.facets import MOST_VALUES, Count, arranged, merged, tally


class Row(NamedTuple):
    number: int
    kind: str
    name: str
    value: str
    title: str | None
    position: int | None = None
    path: str | None = None


@given(st.lists(st.integers(1, 2**31 - 1)))
def test_numbers_are_counted_as_the_database_writes_them(numbers: list[int]) -> None:
    assert tally(b"".join(struct.pack(">i", number) for number in numbers)) == Counter(numbers)


def test_values_come_in_the_order_that_people_look_for_them() -> None:
    rows = [
        Row(1, "category", "", "b", "B", 2, "b"),
        Row(2, "category", "", "a", "A", 1, "a"),
        Row(3, "category", "", "gone", None),
        Row(4, "tag", "", "rare", "Rare"),
        Row(5, "tag", "", "often", "Often"),
        Row(6, "level", "", "", None),
        Row(7, "level", "", "ambassadeur", None),
        Row(8, "option", "Size", "L", None),
        Row(9, "option", "Colour", "Red", None),
    ]
    found = arranged(rows, {1: 1, 2: 9, 3: 1, 4: 1, 5: 2, 6: 10, 7: 3, 8: 1, 9: 1})
    assert [each.slug for each in found.categories] == ["a", "b"]
    assert [each.slug for each in found.tags] == ["often", "rare"]
    assert found.levels == [
        Count("explorateur", "Explorateur", 10),
        Count("protecteur", "Protecteur", 10),
        Count("ambassadeur", "Ambassadeur", 13),
    ]
    assert [option.name for option in found.options] == ["Colour", "Size"]


def test_where_nothing_asks_for_a_level_levels_are_not_offered() -> None:
    assert arranged([Row(1, "level", "", "", None)], {1: 5}).levels == []


def test_a_thousand_engravings_are_not_a_filter() -> None:
    rows = [Row(number, "option", "Engraving", str(number), None) for number in range(1000)]
    [option] = arranged(rows, {number: number for number in range(1000)}).options
    assert len(option.values) == MOST_VALUES
    assert option.values[0].slug == "999"


def test_a_value_that_two_brought_at_once_is_one_value() -> None:
    rows = [Row(1, "tag", "", "a", "A"), Row(7, "tag", "", "a", "A"), Row(2, "tag", "", "b", "B")]
    found = arranged(*merged(rows, {1: 2, 7: 3, 2: 4}))
    assert [(each.slug, each.products) for each in found.tags] == [("a", 5), ("b", 4)]
