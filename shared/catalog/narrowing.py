"""What a list of products is asked for: words, filters, a currency; and the numbers that stand for its filters in the index."""

import json
from typing import NamedTuple
from uuid import UUID

from shared.identity.levels import Level
from shared.platform.work import Work

type Facet = tuple[str, str, str]

_NUMBERS = """
    SELECT v.kind, v.name, v.value, v.number
      FROM jsonb_to_recordset(%(facets)s::jsonb) AS f(kind text, name text, value text)
      JOIN catalog.facet_values v ON v.kind = f.kind AND v.name = f.name AND v.value = f.value
"""


class Wanted(NamedTuple):
    """Which published products: with all of `words` (none at all if there are none, any if it is None), in or below a category, with a tag, of a producer, that a member of `level` may
    buy, with one of the values asked for of each option (name, value); within ranges of price (minor units of `currency`) and
    points, ends included; at least one to be had."""

    currency: str
    words: tuple[str, ...] | None = None
    category: str | None = None
    tag: str | None = None
    producer: UUID | None = None
    level: Level | None = None
    options: tuple[tuple[str, str], ...] = ()
    price_from: int | None = None
    price_to: int | None = None
    points_from: int | None = None
    points_to: int | None = None
    in_stock: bool = False

    @property
    def is_walk(self) -> bool:
        """Whether nothing is asked for that a list in its order cannot be asked: in the brand's currency, by category and tag alone."""
        return self == Wanted(self.currency, category=self.category, tag=self.tag)

    @property
    def groups(self) -> list[list[Facet]]:
        """The facets asked for: one of each group."""
        found: list[list[Facet]] = []
        if self.category is not None:
            found.append([("category", "", self.category)])
        if self.tag is not None:
            found.append([("tag", "", self.tag)])
        if self.producer is not None:
            found.append([("producer", "", str(self.producer))])
        if self.level is not None:
            # What asks for no level is for everybody.
            found.append(
                [("level", "", ""), *(("level", "", each.value) for each in levels_up_to(self.level))]
            )
        options: dict[str, list[Facet]] = {}
        for name, value in self.options:
            options.setdefault(name, []).append(("option", name, value))
        return [*found, *options.values()]


def levels_up_to(level: Level) -> list[Level]:
    """The level and those below it."""
    return [each for each in Level if each.rank <= level.rank]


def condition(work: Work, wanted: Wanted) -> str | None:
    """The filters as a `tsquery` over the numbers that products bear; empty when there are none, None when nothing can be found."""
    groups = wanted.groups
    known = _numbers_of(work, [facet for group in groups for facet in group]) if groups else {}
    parts: list[str] = []
    for group in groups:
        numbers = [number for facet in group for number in known.get(facet, ())]
        if not numbers:
            return None
        parts.append("(" + "|".join(f"'#{number}'" for number in numbers) + ")")
    return "&".join(parts)


def _numbers_of(work: Work, facets: list[Facet]) -> dict[Facet, list[int]]:
    asked = [{"kind": kind, "name": name, "value": value} for kind, name, value in facets]
    known: dict[Facet, list[int]] = {}
    for row in work.all(_NUMBERS, facets=json.dumps(asked)):
        known.setdefault((row.kind, row.name, row.value), []).append(row.number)
    return known
