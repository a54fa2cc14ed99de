"""What a product's variants differ in: options, each with its values, in the order that shops show them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import Field

from shared.catalog.refusals import OptionsIncomplete, VariantExists
from shared.catalog.texts import Name
from shared.kernel.ids import new_id
from shared.platform.models import Request, Response
from shared.platform.work import Work

MAX_OPTIONS, MAX_VALUES = 10, 250

Options = Annotated[dict[Name, Name], Field(max_length=MAX_OPTIONS)]


class OptionWish(Request):
    """An option and its values in order."""

    name: Name
    values: Annotated[list[Name], Field(min_length=1, max_length=MAX_VALUES)]


class Option(Response):
    """What the variants differ in."""

    name: str
    values: list[str]


class Chosen(NamedTuple):
    """What a variant is of each option."""

    variant_id: UUID
    options: Mapping[str, str]


def check_distinct(variants: Iterable[Mapping[str, str]]) -> None:
    """Raise VariantExists when two variants are the same of every option; those without any are told apart otherwise. Pure."""
    seen: set[frozenset[tuple[str, str]]] = set()
    for options in variants:
        chosen = frozenset(options.items())
        if chosen and chosen in seen:
            raise VariantExists(options=dict(options))
        seen.add(chosen)


def grown(known: Sequence[Option], used: Iterable[Mapping[str, str]]) -> list[Option]:
    """The known options with whatever of `used` they lack behind them. Pure."""
    values = {option.name: dict.fromkeys(option.values) for option in known}
    for options in used:
        for name, value in options.items():
            values.setdefault(name, {})[value] = None
    return [Option(name=name, values=list(each)) for name, each in values.items()]


def check_covers(wanted: Sequence[OptionWish], used: Iterable[Mapping[str, str]]) -> None:
    """Raise OptionsIncomplete unless every option and value in use is among the wanted ones, each once. Pure."""
    names = [option.name for option in wanted]
    if len(set(names)) < len(names) or any(len(set(each.values)) < len(each.values) for each in wanted):
        raise OptionsIncomplete("An option and a value of it are named once.")
    offered = {(option.name, value) for option in wanted for value in option.values}
    lacking = sorted({item for options in used for item in options.items()} - offered)
    if lacking:
        raise OptionsIncomplete(missing=[{"name": name, "value": value} for name, value in lacking])


def options_of(work: Work, product_id: UUID) -> list[Option]:
    """The product's options, in order."""
    rows = work.all(
        "SELECT name, values FROM catalog.product_options WHERE product_id = %(product)s ORDER BY position, id",
        product=product_id,
    )
    return [Option(name=row.name, values=row.values) for row in rows]


def choices_of(work: Work, product_id: UUID) -> list[Chosen]:
    """What each variant of the product is."""
    rows = work.all(
        "SELECT id, options FROM catalog.product_variants WHERE product_id = %(product)s ORDER BY position, id",
        product=product_id,
    )
    return [Chosen(row.id, row.options) for row in rows]


def write_options(work: Work, product_id: UUID, options: Sequence[Option | OptionWish]) -> None:
    """Give the product these options and no others. The product is locked."""
    work.run("DELETE FROM catalog.product_options WHERE product_id = %(product)s", product=product_id)
    rows = [
        {"id": str(new_id(work.now)), "name": option.name, "values": option.values, "position": position}
        for position, option in enumerate(options)
    ]
    work.run(
        """INSERT INTO catalog.product_options (id, product_id, name, values, position)
           SELECT id, %(product)s, name, ARRAY(SELECT jsonb_array_elements_text(values)), position
             FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id uuid, name text, values jsonb, position int)""",
        product=product_id,
        rows=json.dumps(rows),
    )


def take_up_options(work: Work, product_id: UUID, options: Mapping[str, str]) -> None:
    """Know the options and values that a variant brings. The product is locked."""
    known = options_of(work, product_id)
    wanted = grown(known, [options])
    if wanted != known:
        write_options(work, product_id, wanted)
