"""Who holds personal data, and what each plans for it. A context that begins to hold some joins here; tests see to it."""

from collections.abc import Callable, Mapping

from shared.billing import privacy as billing
from shared.cart import privacy as cart
from shared.catalog import privacy as catalog
from shared.identity import erasing, exporting
from shared.inventory import privacy as inventory
from shared.notifications import privacy as notifications
from shared.orders import privacy as orders
from shared.platform.personal_data import Exported, Person, Planned
from shared.platform.work import Work

# What an archive holds, in this order.
EXPORTS: Mapping[str, Callable[[Work, Person], Exported]] = {
    "identity": exporting.export,
    "orders": orders.export,
    "billing": billing.export,
    "cart": cart.export,
    "catalog": catalog.export,
    "inventory": inventory.export,
    "notifications": notifications.export,
}
PLANS: Mapping[str, tuple[Planned, ...]] = {
    "identity": erasing.PLAN,
    "orders": orders.PLAN,
    "billing": billing.PLAN,
    "cart": cart.PLAN,
    "catalog": catalog.PLAN,
    "inventory": inventory.PLAN,
    "notifications": notifications.PLAN,
}
# Those that erase when they are told; identity comes last, because the others find people by it.
LAST = "identity"
FIRST = frozenset(PLANS) - {LAST}
