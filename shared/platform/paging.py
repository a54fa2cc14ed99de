"""Lists a part at a time: by number of page, or from where a cursor says the last part ended."""

import base64
import binascii
import json
from typing import Any
from uuid import UUID

from shared.kernel.refusals import Invalid
from shared.platform.work import Work

# Below what a bigint holds.
_LONGEST_NUMBER = 18


class CursorInvalid(Invalid):
    """This cursor is not one of ours, or belongs to another sort order."""


def write_cursor(sort: str, value: Any, row_id: UUID) -> str:
    """Where a list stands after a row whose sort key is `value`: a text, a number, or None where the id alone decides."""
    told = json.dumps([sort, value, str(row_id)], ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def read_cursor(cursor: str, sort: str, kind: type[str] | type[int] | None) -> tuple[Any, UUID]:
    """The sort key, which is of this kind, and the id behind a cursor of this sort order. Raises CursorInvalid."""
    try:
        told, value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if told != sort or type(value) is not (kind or type(None)) or not _fits(value):
            raise ValueError(cursor)
        return value, UUID(row_id)
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise CursorInvalid from error


def _fits(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value
    return value is None or abs(value) < 10**_LONGEST_NUMBER


def walk(
    work: Work,
    columns: str,
    source: str,
    key: str | None,
    row_id: str,
    sort: str,
    limit: int,
    *,
    kind: type[str] | type[int] = str,
    offset: int = 0,
    after: str | None = None,
    **params: Any,
) -> tuple[list[Any], str | None]:
    """Up to `limit` rows from `offset` on, or those `after` a cursor, and the cursor of the next ones if there are more.

    `source` is what follows FROM, its conditions included; `key` (of this `kind`) is what `sort` stands for, `row_id` decides between
    equals; without a key it decides alone. Raises CursorInvalid.
    """
    direction, beyond = ("DESC", "<") if sort.startswith("-") else ("ASC", ">")
    value, last = read_cursor(after, sort, kind if key else None) if after is not None else (None, None)
    keys = f"{key}, {row_id}" if key else row_id
    after_last = f"({keys}) {beyond} (%(value)s, %(last)s)" if key else f"{row_id} {beyond} %(last)s"
    rows = work.all(
        f"""SELECT {columns}, {key or "NULL"} AS sort_key FROM {source} {"" if last is None else f"AND {after_last}"}
             ORDER BY {key + f" {direction}, " if key else ""}{row_id} {direction} LIMIT %(rows)s OFFSET %(offset)s""",
        **params,
        value=value,
        last=last,
        rows=limit + 1,
        offset=offset,
    )
    more, rows = len(rows) > limit, rows[:limit]
    return rows, write_cursor(sort, rows[-1].sort_key, rows[-1].id) if more else None
