"""How much of an order's money a member of staff may give back: a manager up to a limit, an administrator all of it."""

from shared.identity.callers import NotAllowed, Staff
from shared.kernel.refusals import Forbidden
from shared.orders.refund_rules import over_limit
from shared.platform.brands import Brand

# 200.00 in all for one order, unless the brand has set its own (spec 05).
MANAGER_LIMIT = 200_00
_ABOVE = "orders:refund_above_limit"


class RefundLimitExceeded(Forbidden):
    """This is more than your role may give back on one order; an administrator may."""


def limit_of(caller: Staff, brand: Brand) -> int | None:
    """The most that the caller's role may give back on one order, in minor units; None: no limit."""
    try:
        caller.check(_ABOVE)
    except NotAllowed:
        refunds = brand.settings.get("refunds") or {}
        return int(refunds.get("manager_limit", MANAGER_LIMIT))
    return None


def check_limit(limit: int | None, given: int, amount: int) -> None:
    """Raise RefundLimitExceeded when `amount` beside what was `given` is above the `limit`."""
    if limit is not None and over_limit(limit, given, amount):
        raise RefundLimitExceeded(limit=limit, given=given, left=max(0, limit - given))
