"""How the catalogue says no."""

from shared.kernel.refusals import NotFound


class ProductNotFound(NotFound):
    """There is no such product here."""
