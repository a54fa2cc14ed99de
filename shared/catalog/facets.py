"""Facets: how many of the products found bear which value, from the numbers that the database hands over in one string."""

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from shared.catalog.narrowing import levels_up_to
from shared.identity.levels import Level
from shared.platform.work import Work

# Values of one kind (of one option) that are told; the most common ones, where there are more.
MOST_VALUES = 100
# Values of which the names are looked up.
_MOST_NUMBERS = 5000

_LABELS = """
    SELECT v.number, v.kind, v.name, v.value, coalesce(c.title, t.title, v.title) AS title, c.position, c.path
      FROM catalog.facet_values v
      LEFT JOIN catalog.categories c ON v.kind = 'category' AND c.slug = v.value
      LEFT JOIN catalog.tags t ON v.kind = 'tag' AND t.slug = v.value
     WHERE v.number = ANY (%(numbers)s)
"""


class Count(NamedTuple):
    """A value and how many products have it. `slug` is what a filter asks by, `title` what people read."""

    slug: str
    title: str
    products: int


class Option(NamedTuple):
    """What variants differ in ("Size"), and its values, the most common first."""

    name: str
    values: list[Count]


class Facets(NamedTuple):
    """Values by kind: categories in the brand's order, the others the most common first, levels from least to most."""

    categories: list[Count]
    tags: list[Count]
    producers: list[Count]
    levels: list[Count]
    options: list[Option]


NO_FACETS = Facets([], [], [], [], [])


def tally(numbers: bytes) -> dict[int, int]:
    """How often each number occurs among `numbers`, each of four bytes, the highest first."""
    read = array("i", numbers)
    if sys.byteorder == "little":
        read.byteswap()
    return Counter(read)


def facets(work: Work, numbers: bytes) -> Facets:
    """The facets of products that bear `numbers`, their names looked up in one statement."""
    counted = tally(numbers)
    if not counted:
        return NO_FACETS
    common = sorted(counted, key=lambda number: -counted[number])[:_MOST_NUMBERS]
    return arranged(*merged(work.all(_LABELS, numbers=common), counted))


def merged(rows: Iterable[Any], counted: Mapping[int, int]) -> tuple[list[Any], dict[int, int]]:
    """One row a value: one that has two numbers, since two have brought it at once, is counted by both. Pure."""
    kept: dict[tuple[str, str, str], Any] = {}
    counts: dict[int, int] = {}
    for row in rows:
        first = kept.setdefault((row.kind, row.name, row.value), row)
        counts[first.number] = counts.get(first.number, 0) + counted[row.number]
    return list(kept.values()), counts


def arranged(rows: Iterable[Any], counted: Mapping[int, int]) -> Facets:
    """The facets of rows (`number`, `kind`, `name`, `value`, `title`, `position`, `path`), as often as was counted. Pure."""
    kinds: dict[str, list[Any]] = {}
    for row in rows:
        kinds.setdefault(row.kind, []).append(row)

    def counts(found: list[Any]) -> list[Count]:
        ranked = sorted(found, key=lambda row: (-counted[row.number], row.value))[:MOST_VALUES]
        return [Count(row.value, row.title or row.value, counted[row.number]) for row in ranked]

    # A category that was renamed or removed at this very moment has no place any more.
    categories = [row for row in kinds.get("category", ()) if row.path is not None]
    categories.sort(key=lambda row: (row.position, row.path))
    options: dict[str, list[Any]] = {}
    for row in kinds.get("option", ()):
        options.setdefault(row.name, []).append(row)
    return Facets(
        [Count(row.value, row.title, counted[row.number]) for row in categories],
        counts([row for row in kinds.get("tag", ()) if row.title]),
        counts(kinds.get("producer", [])),
        _levels({row.value: counted[row.number] for row in kinds.get("level", ())}),
        [Option(name, counts(found)) for name, found in sorted(options.items())],
    )


def _levels(by_level: dict[str, int]) -> list[Count]:
    """How much a member of each level may buy, if any product asks for a level at all."""
    if not by_level.keys() - {""}:
        return []
    return [
        Count(
            level.value,
            level.value.capitalize(),
            by_level.get("", 0) + sum(by_level.get(lower.value, 0) for lower in levels_up_to(level)),
        )
        for level in Level
    ]
