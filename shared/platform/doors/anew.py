"""Transactions begun anew: those of which the database, or the story itself, has found that they stand in another's way.

Locks are taken in one order (docs/stock.md), so this is the net below it: nothing of such a transaction was kept, nothing was reached
or told, and who is told to try again would do no more than this.
"""

from collections.abc import Callable

import psycopg

from shared.platform.logs import log
from shared.platform.overtaking import Overtaken

# Whoever is broken off has waited for a second (`deadlock_timeout`), and the client waits with it.
_TRIES = 3


def anew[T](transaction: Callable[[], T], function: str) -> T:
    """What `transaction` answers, one that opens and ends its own. Raises psycopg.errors.DeadlockDetected, Overtaken after three tries."""
    for _ in range(_TRIES - 1):
        try:
            return transaction()
        except (psycopg.errors.DeadlockDetected, Overtaken) as error:
            log.warning(
                "transaction begun anew", extra={"function": function, "reason": type(error).__name__}
            )
    return transaction()
