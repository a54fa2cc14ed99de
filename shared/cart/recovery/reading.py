"""One cart as staff read it."""

from uuid import UUID

from shared.cart import store
from shared.cart.contents import look
from shared.cart.recovery import listing, sequence
from shared.cart.recovery.staff_shapes import CartHappening, Reminder, StaffCart
from shared.cart.refusals import CartNotFound
from shared.cart.view import as_cart
from shared.platform.work import Work

_HISTORY = """
    SELECT kind, variant_id, quantity, order_id, at FROM cart.cart_events
     WHERE cart_id = %(cart)s ORDER BY at DESC, id DESC LIMIT 100
"""


def read_for_staff(work: Work, cart_id: UUID) -> StaffCart:
    """The cart with its lines as they stand now, its reminders and its history. Raises CartNotFound."""
    row, cart = listing.one(work, cart_id), store.by_id(work, cart_id)
    if row is None or cart is None:
        raise CartNotFound
    contents = look(work, cart, store.lines(work, cart_id))
    seen = as_cart(contents, work.brand, work.now)
    beside = StaffCart.model_fields.keys() - type(seen).model_fields.keys() - {"reminders", "history"}
    return StaffCart(
        **dict(seen),
        **{name: getattr(row, name) for name in beside},
        reminders=[
            Reminder(**{name: getattr(step, name) for name in Reminder.model_fields})
            for step in sequence.steps_of(work, cart_id)
        ],
        history=[CartHappening(**each._asdict()) for each in work.all(_HISTORY, cart=cart_id)],
    )
