"""What the tests of stock share."""

from tests.killing import die_at

__all__ = ["die_at"]
