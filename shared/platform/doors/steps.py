"""A story that must reach a provider: record (a transaction), reach (none), settle (a transaction)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Steps:
    """`record` leaves a Pending (or a Response, which ends the story), `reach(pending)` learns an Outcome without a
    transaction, `settle(pending, outcome, work)` writes it down and answers. A function killed in between resumes at `reach`,
    so `reach` must carry an idempotency key that follows from the pending's own ids.
    """

    record: Callable[..., Any]
    reach: Callable[[Any], Any]
    settle: Callable[..., Any]
