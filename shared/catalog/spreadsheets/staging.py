"""Products of a file that wait for their turn: what a job takes up where it was cut short."""

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from shared.catalog.spreadsheets.parsing import Parsed
from shared.platform.work import Work

_AT_ONCE = 500


class Staged(NamedTuple):
    """A product as the file has it (see `parsing.Parsed`), on that many `rows`."""

    number: int
    rows: int
    handle: str | None
    row: int
    fields: dict[str, Any]
    variants: list[dict[str, Any]]
    images: list[dict[str, Any]]

    @property
    def skus(self) -> list[str]:
        """What its variants may be found by."""
        return [each["sku"] for each in self.variants if each["sku"]]


_INSERT = """
    INSERT INTO catalog.imported_products (job_id, number, rows, product)
    SELECT %(job)s, number, rows, product
      FROM jsonb_to_recordset(%(given)s::jsonb) AS r(number int, rows int, product jsonb)
"""
_NEXT = """
    SELECT number, rows, product FROM catalog.imported_products WHERE job_id = %(job)s ORDER BY number LIMIT %(limit)s
"""


def stage(work: Work, job_id: UUID, products: Sequence[Parsed]) -> None:
    """Keep the products of a file."""
    for first in range(0, len(products), _AT_ONCE):
        given = [
            {
                "number": first + offset,
                "rows": each.rows,
                "product": {
                    "handle": each.handle,
                    "row": each.row,
                    "fields": each.fields,
                    "variants": each.variants,
                    "images": each.images,
                },
            }
            for offset, each in enumerate(products[first : first + _AT_ONCE])
        ]
        work.run(_INSERT, job=job_id, given=json.dumps(given))


def next_of(work: Work, job_id: UUID, limit: int | None) -> list[Staged]:
    """The next products, or all that are left."""
    return [Staged(row.number, row.rows, **row.product) for row in work.all(_NEXT, job=job_id, limit=limit)]


def drop(work: Work, job_id: UUID, numbers: Collection[int] | None = None) -> None:
    """These have had their turn; without `numbers`, all."""
    work.run(
        """DELETE FROM catalog.imported_products
            WHERE job_id = %(job)s AND (%(numbers)s::int[] IS NULL OR number = ANY (%(numbers)s))""",
        job=job_id,
        numbers=None if numbers is None else list(numbers),
    )


def is_left(work: Work, job_id: UUID) -> bool:
    """Whether any product still waits."""
    return bool(
        work.value("SELECT EXISTS (SELECT FROM catalog.imported_products WHERE job_id = %(job)s)", job=job_id)
    )
