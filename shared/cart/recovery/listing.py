"""Carts as staff list them, the most promising of those that were left first. Only constant text becomes SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString, NamedTuple
from uuid import UUID

from shared.cart.recovery.scoring import PARAMETERS, SCORE
from shared.platform.work import Work

type Status = Literal["active", "abandoned", "converted", "expired"]
type Sort = Literal[
    "-score",
    "score",
    "-last_activity_at",
    "last_activity_at",
    "-created_at",
    "created_at",
    "-amount",
    "amount",
]

_LIKE_SPECIAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
_SCORE = f"CASE WHEN c.status = 'abandoned' THEN {SCORE} END"
_KEYS: dict[str, LiteralString] = {
    "score": "score",
    "last_activity_at": "c.last_activity_at",
    # Ids are UUIDv7: they sort as the carts were made.
    "created_at": "c.id",
    "amount": "a.amount",
}
_BOUNDS: tuple[tuple[str, LiteralString], ...] = (
    ("customer_id", "c.customer_id = %(customer_id)s"),
    ("since", "c.last_activity_at >= %(since)s"),
    ("until", "c.last_activity_at < %(until)s"),
    ("min_amount", "a.amount >= %(min_amount)s"),
    ("held_out", "a.held_out = %(held_out)s"),
    ("reachable", "(c.email IS NOT NULL) = %(reachable)s"),
)
_FROM = """
      FROM cart.carts c
      LEFT JOIN cart.cart_abandonments a ON a.brand_id = c.brand_id AND a.cart_id = c.id
"""
# The page is found first; lines and mails are looked up for its rows alone.
_ROWS = """
    SELECT c.id, c.status, c.email, c.customer_id, c.currency::text AS currency, c.created_at, c.last_activity_at,
           c.abandoned_at, c.order_id, found.score, a.held_out, a.recovered_at, coalesce(a.times, 0) AS times_abandoned,
           held.item_count, held.subtotal_amount,
           (SELECT count(*) FROM cart.cart_recovery_emails e
             WHERE e.brand_id = c.brand_id AND e.cart_id = c.id AND e.sent_at IS NOT NULL)::int AS reminders_sent
      FROM found
      JOIN cart.carts c ON c.id = found.id
      LEFT JOIN cart.cart_abandonments a ON a.brand_id = c.brand_id AND a.cart_id = c.id
      JOIN LATERAL (SELECT coalesce(sum(i.quantity), 0)::int AS item_count,
                           coalesce(sum(i.quantity * i.unit_price_amount), 0)::bigint AS subtotal_amount
                      FROM cart.cart_items i WHERE i.brand_id = c.brand_id AND i.cart_id = c.id) held ON true
     ORDER BY found.place
"""


class Filter(NamedTuple):
    """Which carts: of any of `statuses` (all when empty), found by `search` (the beginning of an email address), of a customer, last
    touched from `since` on and before `until`, with goods for at least `min_amount` when they were left (minor units), among those
    `held_out` or not, with an address (`reachable`) or without; None for any."""

    statuses: Sequence[Status] = ()
    search: str = ""
    customer_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_amount: int | None = None
    held_out: bool | None = None
    reachable: bool | None = None


def count(work: Work, wanted: Filter) -> int:
    """How many carts there are."""
    where, params = _where(wanted)
    return int(work.value(f"SELECT count(*) {_FROM} WHERE {where}", **params))


def page(work: Work, wanted: Filter, sort: Sort, limit: int, offset: int) -> list[Any]:
    """Rows of the list."""
    where, params = _where(wanted)
    key, direction = _KEYS[sort.removeprefix("-")], "DESC" if sort.startswith("-") else "ASC"
    order = f"{key} {direction} NULLS LAST, id {direction}" if key != "c.id" else f"c.id {direction}"
    return work.all(
        f"WITH found AS (SELECT p.id, p.score, row_number() OVER () AS place FROM ("
        f"SELECT c.id AS id, {_SCORE} AS score {_FROM} WHERE {where} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s) p)"
        f"{_ROWS}",
        **params,
        **PARAMETERS,
        now=work.now,
        limit=limit,
        offset=offset,
    )


def one(work: Work, cart_id: UUID) -> Any | None:
    """The row of one cart."""
    return work.one(
        f"WITH found AS (SELECT c.id, {_SCORE} AS score, 1 AS place {_FROM} WHERE c.id = %(id)s) {_ROWS}",
        **PARAMETERS,
        now=work.now,
        id=cart_id,
    )


def _where(wanted: Filter) -> tuple[str, dict[str, Any]]:
    parts = ["true"]
    params: dict[str, Any] = {}
    if list(wanted.statuses) == ["abandoned"]:
        # Said so, the index of those alone serves.
        parts.append("c.status = 'abandoned'")
    elif wanted.statuses:
        parts.append("c.status = ANY (%(statuses)s)")
        params["statuses"] = list(wanted.statuses)
    for name, condition in _BOUNDS:
        value = getattr(wanted, name)
        if value is not None:
            parts.append(condition)
            params[name] = value
    if wanted.search:
        parts.append("c.email_key LIKE %(prefix)s")
        params["prefix"] = f"{wanted.search.lower().translate(_LIKE_SPECIAL)}%"
    return " AND ".join(parts), params
