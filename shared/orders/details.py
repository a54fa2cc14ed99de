"""One order with its refunds, withdrawals, disputes and notes, as it is answered to its buyer or to staff."""

from typing import Any
from uuid import UUID

from shared.billing import refunds
from shared.billing.disputes import Dispute, disputes_of
from shared.kernel.money import Money
from shared.kernel.refusals import Refusal
from shared.orders import refund_store, shipment_reading, store
from shared.orders.detail_shapes import (
    OrderDetail,
    OrderDispute,
    OrderRefund,
    OrderWithdrawal,
    RefundedItem,
    StaffOrder,
    StaffRefund,
    StaffWithdrawal,
    WithdrawnItem,
)
from shared.orders.invoice_shapes import documents_of
from shared.orders.lifecycle import moves_by_hand
from shared.orders.notes import notes_about
from shared.orders.reading import of_row
from shared.orders.records import OrderRecord
from shared.orders.refusals import OrderNotFound
from shared.orders.shapes import Order
from shared.orders.withdrawal_rules import check_may_withdraw, time_limit, units_withdrawn
from shared.orders.withdrawals import WithdrawalRecord, asked_in, withdrawals_of
from shared.platform.work import Work

# Whom a buyer is told by name; everybody else is staff.
_NAMED = frozenset({"buyer", "system", "provider", "carrier"})
_FOLLOWED = (
    "gateway",
    "cancelled_at",
    "fulfilled_at",
    "completed_at",
    "delivered_at",
    "tracking_number",
    "tracking_carrier",
)
_REFUNDS = """
    SELECT f.*, coalesce((SELECT jsonb_agg(jsonb_build_object(
                              'item_id', i.item_id, 'quantity', i.quantity, 'gross', i.gross_amount) ORDER BY i.item_id)
                            FROM orders.refund_items i WHERE i.brand_id = f.brand_id AND i.refund_id = f.id), '[]') AS items
      FROM orders.refunds f WHERE f.order_id = %(id)s ORDER BY f.id
"""


def read_for_buyer(work: Work, order_id: UUID) -> OrderDetail:
    """The order as its buyer may see it: nobody of the staff by name, none of their words but an answer. Raises OrderNotFound."""
    row = _row(work, order_id)
    order = of_row(work, row)
    for change in order.history:
        change.by = change.by if change.by in _NAMED else "staff"
    record = _record(work, order_id)
    found = withdrawals_of(work, order_id)
    limit = time_limit(record.received_at, work.brand.timezone)
    return OrderDetail(
        **_fields(order),
        **_followed(row),
        shipments=shipment_reading.for_buyer(work, order_id),
        refunds=[OrderRefund(**_refund(each)) for each in work.all(_REFUNDS, id=order_id)],
        invoices=documents_of(work, order_id),
        withdrawals=[OrderWithdrawal(**_withdrawal(each)) for each in found],
        can_withdraw=_can_withdraw(work, record, order, found),
        withdrawable_until=limit,
    )


def read_for_staff(work: Work, order_id: UUID) -> StaffOrder:
    """The order with all that staff know of it. Raises OrderNotFound."""
    row = _row(work, order_id)
    order, record = of_row(work, row), _record(work, order_id)
    return StaffOrder(
        **_fields(order),
        **_followed(row),
        shipments=shipment_reading.for_staff(work, order_id),
        to_ship=shipment_reading.left_to_ship(work, order_id),
        refunds=[_staff_refund(each) for each in work.all(_REFUNDS, id=order_id)],
        invoices=documents_of(work, order_id),
        withdrawals=[_staff_withdrawal(each) for each in withdrawals_of(work, order_id)],
        disputes=[_dispute(each) for each in disputes_of(work, order_id)],
        notes=notes_about(work, order_id),
        refundable=Money(refunds.left_of(work, order_id), row.currency),
        allowed_statuses=sorted(moves_by_hand(record.status, record.stage)),
    )


def refund_of(work: Work, order_id: UUID, refund_id: UUID) -> StaffRefund:
    """One refund of the order."""
    return next(_staff_refund(each) for each in work.all(_REFUNDS, id=order_id) if each.id == refund_id)


def withdrawal_of(work: Work, order_id: UUID, withdrawal_id: UUID) -> OrderWithdrawal:
    """One withdrawal of the order, as its buyer sees it."""
    found = next(each for each in withdrawals_of(work, order_id) if each.id == withdrawal_id)
    return OrderWithdrawal(**_withdrawal(found))


def _row(work: Work, order_id: UUID) -> Any:
    row = store.read(work, order_id)
    if row is None:
        raise OrderNotFound
    return row


def _record(work: Work, order_id: UUID) -> OrderRecord:
    record = store.find(work, order_id)
    assert record is not None
    return record


def _fields(order: Order) -> dict[str, Any]:
    # Its shipments are told apart: to staff otherwise than to buyers.
    return {name: getattr(order, name) for name in Order.model_fields if name != "shipments"}


def _followed(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FOLLOWED}


def _refund(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "amount": Money(row.amount, row.currency),
        "status": row.status,
        "shipping": Money(row.shipping_amount, row.currency),
        "tax": Money(row.tax_amount, row.currency),
        "items": [
            RefundedItem(
                item_id=item["item_id"], quantity=item["quantity"], amount=Money(item["gross"], row.currency)
            )
            for item in row.items
        ],
        "created_at": row.created_at,
        "settled_at": row.settled_at,
    }


def _staff_refund(row: Any) -> StaffRefund:
    return StaffRefund(
        **_refund(row),
        payment_id=row.payment_id,
        withdrawal_id=row.withdrawal_id,
        source=row.source,
        by=row.actor,
        reason=row.reason,
        restock=row.restock,
        surplus=Money(row.surplus_amount, row.currency),
        discount=Money(row.discount_amount, row.currency),
        error_code=row.error_code,
    )


def _withdrawal(found: WithdrawalRecord) -> dict[str, Any]:
    lines = [WithdrawnItem(item_id=UUID(key), quantity=units) for key, units in found.lines.items()]
    return {
        "id": found.id,
        "status": found.status.value,
        "lines": lines,
        "reason": found.reason,
        "requested_at": found.requested_at,
        "decided_at": found.decided_at,
        "answer": found.answer,
    }


def _staff_withdrawal(found: WithdrawalRecord) -> StaffWithdrawal:
    return StaffWithdrawal(
        **_withdrawal(found),
        requested_by=found.requested_by,
        time_limit=found.time_limit,
        decided_by=found.decided_by,
        version=found.version,
    )


def _dispute(found: Dispute) -> OrderDispute:
    return OrderDispute(
        id=found.id,
        payment_id=found.payment_id,
        gateway_id=found.gateway_id,
        status=found.status,
        reason=found.reason,
        amount=Money(found.amount, found.currency),
        evidence_due_at=found.evidence_due_at,
        opened_at=found.opened_at,
        closed_at=found.closed_at,
    )


def _can_withdraw(work: Work, record: OrderRecord, order: Order, found: list[WithdrawalRecord]) -> bool:
    limit = time_limit(record.received_at, work.brand.timezone)
    business = bool(order.billing_address.vat_number)
    try:
        check_may_withdraw(record.status, is_business=business, limit=limit, now=work.now)
        units_withdrawn(refund_store.sold(work, order.id).parts, asked_in(found), None)
    except Refusal:
        return False
    return True
