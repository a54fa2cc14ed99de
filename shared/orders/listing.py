"""Lists of orders as staff ask for them. Only constant text becomes SQL; what was asked for travels as parameters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString, NamedTuple
from uuid import UUID

from shared.identity.searching import words
from shared.orders.lifecycle import Status
from shared.platform.paging import walk
from shared.platform.work import Work

type Sort = Literal["-created_at", "created_at", "-number", "number", "-total", "total"]

# Ids are UUIDv7: they sort as the orders were placed, and break ties.
_KEYS = {"created_at": None, "number": "o.number", "total": "o.total_amount"}
# Below what a bigint holds.
_LONGEST_NUMBER = 18

_BOUNDS: tuple[tuple[str, LiteralString, LiteralString], ...] = (
    ("min_total", "o.total_amount", ">="),
    ("max_total", "o.total_amount", "<="),
    ("gateway", "o.gateway", "="),
)
_OPEN_WITHDRAWAL = """o.id IN (SELECT w.order_id FROM orders.withdrawals w WHERE w.status IN ('received', 'goods_returned'))"""
_FOUND = """o.id IN (SELECT orders.found(%(beginning)s, %(words)s, %(number)s))"""
_PLACED = "SELECT last_number FROM orders.order_counters WHERE brand_id = platform.current_brand()"
_LAST_MILLISECOND = (1 << 48) - 1

_COLUMNS = """
    o.id, o.number, o.status, o.email, o.buyer_name, o.shipping_address->>'country' AS country, o.total_amount,
    o.currency, o.created_at, o.paid_at, o.version,
    (SELECT sum(i.quantity)::int FROM orders.order_items i WHERE i.brand_id = o.brand_id AND i.order_id = o.id) AS units
"""


class Filter(NamedTuple):
    """Which orders: of any of `statuses` (all when empty), found by `search` (a number, the beginning of an email address, or
    the beginnings of words in a name; empty for all), placed from `since` on and before `until`, with
    a total from `min_total` to `max_total` (minor units), of one of `customers`, paid through `gateway`; None for any.
    `open_withdrawal`: that staff have yet to answer."""

    statuses: Sequence[Status] = ()
    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    min_total: int | None = None
    max_total: int | None = None
    customers: Sequence[UUID] | None = None
    gateway: str | None = None
    open_withdrawal: bool = False


_ALL = Filter()


class Group(NamedTuple):
    """Orders of one state and currency: how many, and what they cost together (minor units)."""

    status: str
    currency: str
    orders: int
    total: int


class Page(NamedTuple):
    """Rows of the list, and the cursor after the last of them (None: there are no more)."""

    rows: list[Any]
    next_cursor: str | None


def count(work: Work, wanted: Filter) -> int:
    """How many orders there are."""
    if wanted._replace(statuses=tuple(wanted.statuses)) == _ALL:
        # Numbers have no gaps, and no order is ever deleted.
        return int(work.value(_PLACED) or 0)
    where, params = _where(wanted)
    return int(work.value(f"SELECT count(*) FROM orders.orders o WHERE {where}", **params))


def summary(work: Work, wanted: Filter) -> list[Group]:
    """All of them, by state and currency."""
    where, params = _where(wanted)
    rows = work.all(
        f"""SELECT o.status, o.currency::text AS currency, count(*) AS orders, sum(o.total_amount)::bigint AS total
              FROM orders.orders o WHERE {where} GROUP BY 1, 2 ORDER BY 1, 2""",
        **params,
    )
    return [Group(*row) for row in rows]


def page(
    work: Work, wanted: Filter, sort: Sort, limit: int, *, offset: int = 0, after: str | None = None
) -> Page:
    """Up to `limit` orders from `offset` on, or those `after` a cursor. Raises CursorInvalid."""
    where, params = _where(wanted)
    key = _KEYS[sort.removeprefix("-")]
    source = f"orders.orders o WHERE {where}"
    return Page(
        *walk(
            work, _COLUMNS, source, key, "o.id", sort, limit, kind=int, offset=offset, after=after, **params
        )
    )


def _where(wanted: Filter) -> tuple[str, dict[str, Any]]:
    parts = ["true"]
    params: dict[str, Any] = {}
    if wanted.statuses:
        parts.append("o.status = ANY (%(statuses)s)")
        params["statuses"] = [status.value for status in wanted.statuses]
    for name, value in (("since", wanted.since), ("until", wanted.until)):
        if value is not None:
            # Ids sort as orders were placed: they find the place in the index, the time itself decides.
            sign, later = (">=", 0) if name == "since" else ("<", 1)
            parts.append(f"o.id {sign} %({name}_id)s AND o.created_at {sign} %({name})s")
            params |= {name: value, f"{name}_id": _first_id(value, later)}
    for name, column, sign in _BOUNDS:
        value = getattr(wanted, name)
        if value is not None:
            parts.append(f"{column} {sign} %({name})s")
            params[name] = value
    if wanted.customers is not None:
        parts.append("o.customer_id = ANY (%(customers)s)")
        params["customers"] = list(wanted.customers)
    if wanted.open_withdrawal:
        parts.append(_OPEN_WITHDRAWAL)
    if wanted.search:
        parts.append(_FOUND)
        params |= _sought(wanted.search)
    return " AND ".join(parts), params


def _sought(typed: str) -> dict[str, Any]:
    """What may be the beginning of an address is looked for as that, too; what has an @ is nothing else."""
    is_address, may_be_one = "@" in typed, len(typed.split()) == 1
    is_number = typed.isdecimal() and len(typed) <= _LONGEST_NUMBER
    return {
        "beginning": typed.lower() if may_be_one else None,
        "words": [] if is_address else words(typed),
        "number": int(typed) if is_number else None,
    }


def _first_id(at: datetime, later: int) -> UUID:
    """Below every id that was given so many milliseconds later, or after that."""
    milliseconds = max(0, int(at.timestamp() * 1000) + later)
    return UUID(int=min(milliseconds, _LAST_MILLISECOND) << 80)
