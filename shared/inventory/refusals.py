"""How inventory says no."""

from shared.kernel.refusals import Invalid, NotFound, Refusal


class OutOfStock(Refusal):
    """There is not enough in stock; what is left is in available_quantity."""


class StockNotFound(NotFound):
    """No stock is kept for this variant."""


class LocationNotFound(NotFound):
    """There is no such stock location here."""


class LocationCodeTaken(Refusal):
    """Another stock location has this code."""


class SameLocation(Invalid):
    """A transfer goes from one stock location to another one."""


class TooMuchStock(Invalid):
    """A stock location cannot hold this much of a variant; the most is in most."""


class StockSpokenFor(Refusal):
    """What is there, less what carts and orders hold, would not cover these settings; what it covers is in available_quantity."""


class StillInStock(Refusal):
    """This can be bought right now."""
