"""How inventory says no."""

from shared.kernel.refusals import NotFound, Refusal


class OutOfStock(Refusal):
    """There is not enough in stock; what is left is in available_quantity."""


class StockNotFound(NotFound):
    """No stock is kept for this variant."""
