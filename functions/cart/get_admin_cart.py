"""GET /v1/admin/carts/{cart_id} — one cart with its lines, its reminders and what happened to it."""

from uuid import UUID

from shared.cart.recovery.reading import read_for_staff
from shared.cart.recovery.staff_shapes import StaffCart
from shared.cart.refusals import CartNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_admin_cart(cart_id: UUID, caller: Staff, work: Work) -> StaffCart:
    return read_for_staff(work, cart_id)


handler = endpoint(
    "GET",
    "/v1/admin/carts/{cart_id}",
    get_admin_cart,
    needs="carts:read",
    refuses=[CartNotFound],
    audited=True,
)
