"""The rules of a cart's lines: how many, how much, and at which price."""

from shared.cart.refusals import CartFull, QuantityTooLarge

MAX_LINES = 100
MAX_QUANTITY = 999


def grown(held: int, added: int) -> int:
    """The quantity of a line that held `held` and gets `added` more. Raises QuantityTooLarge past 999."""
    quantity = held + added
    if quantity > MAX_QUANTITY:
        raise QuantityTooLarge(max_quantity=MAX_QUANTITY, quantity_in_cart=held)
    return quantity


def room_for(lines: int) -> None:
    """Refuse a cart of more than 100 `lines` (those it would have). Raises CartFull."""
    if lines > MAX_LINES:
        raise CartFull(max_lines=MAX_LINES)


def price_kept(before: int | None, after: int) -> bool:
    """Whether a line keeps its snapshot price as its quantity goes from `before` (None: a new line) to `after`.

    Units that were put in keep the price they were put in for; more units are had at the price of the day. A line has
    one price, so one that grows takes it whole: otherwise a single unit would keep a sale open for 998 more.
    """
    return before is not None and after <= before
