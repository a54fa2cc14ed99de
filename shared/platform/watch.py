"""What one request is seen to do: how many statements it sends and, of one in sixteen, how long each took."""

import random

# One request in so many has each of its statements timed; the others are only counted.
SAMPLED = 16


class Watch:
    """`queries` counts statements; `timings` holds (statement, seconds, rows) of a sampled request, and is None otherwise."""

    __slots__ = ("queries", "timings")

    def __init__(self, *, sampled: bool = False) -> None:
        self.queries = 0
        self.timings: list[tuple[str, float, int]] | None = [] if sampled else None

    @classmethod
    def begin(cls) -> "Watch":
        """A request's watch, sampled by chance."""
        return cls(sampled=random.random() * SAMPLED < 1)
