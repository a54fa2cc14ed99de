"""Cancelling an order that nothing was paid for."""

from uuid import UUID

from shared.billing.promotions.uses import give_back
from shared.cart import ordering as carts
from shared.cart.records import CartRecord
from shared.cart.refusals import CartClosed
from shared.inventory.holding import hand_back
from shared.inventory.reservations import release
from shared.kernel.money import Money
from shared.orders import store
from shared.orders.events import OrderCancelledV1
from shared.orders.lifecycle import Status, check_move
from shared.orders.records import OrderRecord
from shared.platform.work import Work

# The buyer changed the cart, or checked it out otherwise.
SUPERSEDED = "superseded"
# Its payment did not come while its stock was held.
UNPAID = "unpaid"
# Staff have cancelled it.
STAFF = "staff"
REASONS = frozenset({SUPERSEDED, UNPAID, STAFF})


def lock_with_cart(work: Work, order_id: UUID) -> OrderRecord | None:
    """Lock an order, and before it the cart it was made of: whoever wants both takes them in this order."""
    found = store.find(work, order_id)
    if found is not None and found.cart_id is not None:
        carts.lock_soon(work, found.cart_id)
    return store.lock(work, order_id) if found is not None else None


def cancel_unpaid(work: Work, order: OrderRecord, *, by: str, reason: str, notify: bool = False) -> None:
    """Cancel an order (locked with its cart): its stock is free, its cart is its buyer's again. Raises IllegalMove."""
    cancel(work, order, by=by, reason=reason, notify=notify)
    release(work, order.id)
    if order.cart_id is not None:
        carts.detach_order(work, order.cart_id, order.id)


def cancel_for_cart(work: Work, cart: CartRecord, *, by: str, reason: str) -> None:
    """Cancel the order that the (locked) cart waits for: the cart holds its stock again. Raises CartClosed once paid."""
    if cart.order_id is None:
        return
    order = store.lock(work, cart.order_id)
    if order is None or order.status is not Status.PENDING_PAYMENT:
        raise CartClosed(order_id=str(cart.order_id))
    cancel(work, order, by=by, reason=reason)
    hand_back(work, order.id, cart.id)
    carts.detach_order(work, cart.id, order.id)


def cancel(work: Work, order: OrderRecord, *, by: str, reason: str, notify: bool = False) -> None:
    """Move a (locked) order to cancelled and tell it, call off what has not left, and give back what it used of promotions; its stock
    (locked after them) and its money are the caller's business. Raises IllegalMove."""
    check_move(order.status, Status.CANCELLED, order.stage)
    if order.paid_at is not None:
        # Imported here: carts and checkouts cancel only what nothing was paid for.
        from shared.orders import shipments

        shipments.call_off(work, order, by=by)
    store.move(work, order, Status.CANCELLED, by=by, reason=reason)
    give_back(work, order.id)
    work.tell(
        OrderCancelledV1(
            order_id=order.id,
            number=order.number,
            reason=reason,
            total=Money(order.total_amount, order.currency),
            notify=notify,
        ),
        key=str(order.id),
    )
