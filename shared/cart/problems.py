"""What stands between a cart and its checkout, and what its buyer should know. Pure."""

from collections.abc import Iterator

from shared.billing.promotions.decisions import Decision
from shared.cart.contents import Contents
from shared.cart.records import LineRecord
from shared.cart.shapes import Problem

_OPEN = frozenset({"active", "abandoned"})


def problems(contents: Contents) -> list[Problem]:
    """Every problem, those of the whole cart first. Without a `blocking` one the cart can be checked out."""
    return [
        *_of_cart(contents),
        *(problem for line in contents.lines for problem in _of_line(contents, line)),
    ]


def of_promotions(decision: Decision) -> list[Problem]:
    """A problem for each code that gives nothing. It blocks, since the buyer counts on it: unless others give more instead."""
    if not decision.fallen:
        return []
    # Imported here: few carts have a code that gives nothing.
    from shared.billing.promotions.offers import Reason
    from shared.billing.promotions.words import said_of

    return [
        Problem(
            code=f"promotion_{fallen.reason}",
            promotion_code=fallen.code,
            message=said_of(fallen),
            blocking=fallen.reason is not Reason.NOT_COMBINED,
        )
        for fallen in decision.fallen
    ]


def can_checkout(found: list[Problem]) -> bool:
    """Whether none of the problems is blocking."""
    return not any(problem.blocking for problem in found)


def _of_cart(contents: Contents) -> Iterator[Problem]:
    if contents.cart.status not in _OPEN:
        yield Problem(code="cart_closed", message="This cart has become an order or has expired.")
    elif not contents.lines:
        yield Problem(code="cart_empty", message="There is nothing in this cart.")
    if len({line.pay_with for line in contents.lines}) > 1:
        message = "Lines paid in money and lines paid in points cannot be checked out together."
        yield Problem(code="mixed_payment", message=message)


def _of_line(contents: Contents, line: LineRecord) -> Iterator[Problem]:
    if contents.cart.status not in _OPEN:
        return
    goods = contents.goods.get(line.variant_id)
    if goods is None:
        message = f"“{line.title}” is no longer for sale."
        yield Problem(code="not_for_sale", item_id=line.id, message=message)
        return
    available = contents.available(line.variant_id)
    if contents.units[line.variant_id] > available:
        message = f"Of “{line.title}” only {available} can be had."
        yield Problem(code="out_of_stock", item_id=line.id, message=message)
    now_asked = goods.price.amount if goods.price else None
    if line.pay_with == "points":
        changed = goods.price_points != line.unit_points
    else:
        changed = now_asked != line.unit_price_amount
    if changed:
        message = f"The price of “{line.title}” has changed since it was put into the cart; the agreed price is charged."
        yield Problem(code="price_changed", item_id=line.id, message=message, blocking=False)
