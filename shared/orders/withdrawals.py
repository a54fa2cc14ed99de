"""Withdrawals: a buyer's declaration that they send goods back, kept as it was made and followed until the money is back."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from shared.kernel.ids import new_id
from shared.kernel.refusals import NotFound
from shared.orders import refund_store, store
from shared.orders.events import WithdrawalAnsweredV1, WithdrawalRequestedV1
from shared.orders.records import OrderRecord
from shared.orders.refund_rules import Part, Wish
from shared.orders.refusals import OrderNotFound
from shared.orders.withdrawal_rules import (
    OPEN,
    WithdrawalStatus,
    check_answer,
    check_may_withdraw,
    standard_shipping,
    time_limit,
    units_withdrawn,
)
from shared.platform.versions import IfMatch
from shared.platform.work import Work

type Requester = Literal["member", "guest"]


class WithdrawalNotFound(NotFound):
    """There is no such withdrawal of this order."""


class WithdrawalRecord(NamedTuple):
    """A withdrawal. `lines`: units by item; `whole`: nothing else was left of the order."""

    id: UUID
    order_id: UUID
    status: WithdrawalStatus
    lines: dict[str, int]
    whole: bool
    reason: str | None
    requested_by: Requester
    requested_at: datetime
    time_limit: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    answer: str | None
    version: int


_COLUMNS = ", ".join(WithdrawalRecord._fields)
_OF = f"SELECT {_COLUMNS} FROM orders.withdrawals WHERE order_id = %(id)s ORDER BY id"
_ADD = """
    INSERT INTO orders.withdrawals (id, order_id, status, lines, whole, reason, requested_by, requested_at, time_limit)
    VALUES (%(id)s, %(order_id)s, 'received', %(lines)s, %(whole)s, %(reason)s, %(requested_by)s, %(now)s, %(time_limit)s)
"""
_ANSWER = """
    UPDATE orders.withdrawals
       SET status = %(status)s, answer = coalesce(%(answer)s, answer), version = version + 1,
           decided_at = CASE WHEN %(final)s THEN %(now)s::timestamptz END, decided_by = CASE WHEN %(final)s THEN %(by)s END
     WHERE id = %(id)s
"""
# What the rules need of an order that deeds do not.
_ORDER = """
    SELECT o.billing_address ->> 'vat_number' AS vat_number, o.shipping_address ->> 'country' AS country,
           o.shipping_address ->> 'postcode' AS postcode, o.shipping_option ->> 'id' AS shipping_option,
           o.subtotal_amount - o.discount_amount AS goods, o.created_at,
           (SELECT coalesce(sum(i.weight_g * i.quantity), 0)::int FROM orders.order_items i
             WHERE i.brand_id = o.brand_id AND i.order_id = o.id) AS weight_g
      FROM orders.orders o WHERE o.id = %(id)s
"""


def withdrawals_of(work: Work, order_id: UUID) -> list[WithdrawalRecord]:
    """Every withdrawal from the order, the oldest first."""
    return [_record(row) for row in work.all(_OF, id=order_id)]


def request_withdrawal(
    work: Work, order_id: UUID, wanted: Mapping[str, int] | None, *, reason: str | None, by: Requester
) -> UUID:
    """Take down a withdrawal of `wanted` units by line (None: of all that is left); answer its id.

    Raises OrderNotFound, and as `check_may_withdraw` and `units_withdrawn`.
    """
    order = store.lock(work, order_id)
    if order is None:
        raise OrderNotFound
    about: Any = work.one(_ORDER, id=order_id)
    limit = time_limit(order.received_at, work.brand.timezone)
    check_may_withdraw(order.status, is_business=bool(about.vat_number), limit=limit, now=work.now)
    sold = refund_store.sold(work, order_id)
    units, whole = units_withdrawn(sold.parts, asked_in(withdrawals_of(work, order_id)), wanted)
    withdrawal_id = new_id(work.now)
    work.run(
        _ADD,
        id=withdrawal_id,
        order_id=order_id,
        lines=json.dumps([{"item_id": key, "quantity": count} for key, count in units.items()]),
        whole=whole,
        reason=reason,
        requested_by=by,
        time_limit=limit,
        now=work.now,
    )
    told = WithdrawalRequestedV1(withdrawal_id=withdrawal_id, order_id=order_id, number=order.number)
    work.tell(told, key=str(order_id))
    return withdrawal_id


def wish_of(
    work: Work, order: OrderRecord, withdrawal_id: UUID, *, restock: bool, amount: int | None
) -> Wish:
    """The refund that answers an open withdrawal: its units, and of a whole order the costs of standard shipping.

    Raises WithdrawalNotFound, IllegalAnswer.
    """
    found = _one(work, order.id, withdrawal_id)
    check_answer(found.status, WithdrawalStatus.REFUNDED)
    shipping = _standard_shipping(work, order) if found.whole else None
    return Wish(lines=found.lines, shipping=shipping, amount=amount, restock=restock)


def answer(
    work: Work,
    order: OrderRecord,
    withdrawal_id: UUID,
    to: WithdrawalStatus,
    *,
    by: str,
    words: str | None = None,
    expected: IfMatch | None = None,
) -> None:
    """Move a withdrawal of the (locked) order on and tell it. Raises WithdrawalNotFound, VersionStale, IllegalAnswer."""
    found = _one(work, order.id, withdrawal_id)
    if expected is not None:
        expected.check(found.version)
    check_answer(found.status, to)
    final = to not in OPEN
    work.run(_ANSWER, id=found.id, status=to, answer=words, final=final, by=by, now=work.now)
    told = WithdrawalAnsweredV1(
        withdrawal_id=found.id, order_id=order.id, number=order.number, status=to.value
    )
    work.tell(told, key=str(order.id))


def close_by_refund(
    work: Work, order: OrderRecord, parts: Sequence[Part], withdrawal_id: UUID | None, *, by: str
) -> None:
    """Money is back: for this withdrawal, or for all units of one, whatever for. `parts` as they now are."""
    left = {part.key: part.units_left for part in parts}
    for found in withdrawals_of(work, order.id):
        if found.status in OPEN and (found.id == withdrawal_id or not any(left[key] for key in found.lines)):
            answer(work, order, found.id, WithdrawalStatus.REFUNDED, by=by)


def _one(work: Work, order_id: UUID, withdrawal_id: UUID) -> WithdrawalRecord:
    found = next((each for each in withdrawals_of(work, order_id) if each.id == withdrawal_id), None)
    if found is None:
        raise WithdrawalNotFound
    return found


def asked_in(withdrawals: Sequence[WithdrawalRecord]) -> dict[str, int]:
    """The units by line of those that nobody has answered yet."""
    units: dict[str, int] = {}
    for each in withdrawals:
        for key, count in each.lines.items() if each.status in OPEN else ():
            units[key] = units.get(key, 0) + count
    return units


def _standard_shipping(work: Work, order: OrderRecord) -> int:
    from shared.pricing.shipping import options

    about: Any = work.one(_ORDER, id=order.id)
    paid = sum(part.gross for part in refund_store.sold(work, order.id).parts if not part.quantity)
    settings, on = work.brand.settings, about.created_at.date()
    offered = options(settings, about.country, about.postcode or "", about.weight_g, on)
    return standard_shipping(paid, about.shipping_option, offered, about.weight_g, about.goods)


def _record(row: Any) -> WithdrawalRecord:
    lines = {line["item_id"]: line["quantity"] for line in row.lines}
    return WithdrawalRecord(*row)._replace(status=WithdrawalStatus(row.status), lines=lines)
