"""How orders say no."""

from shared.kernel.refusals import NotFound


class OrderNotFound(NotFound):
    """There is no such order here."""
