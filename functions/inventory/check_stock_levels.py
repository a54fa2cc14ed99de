"""Every 1 hour — tell what ran low or out and what is there again, as far as nobody has told it when it happened."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.inventory.watching import changed, lock_idle, watch
from shared.platform.doors import job
from shared.platform.work import Work

# Buyers of these variants wait while they are looked at.
BATCH = 250


def find_changed(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    """Variants that do not stand as was last told, of any brand."""
    return changed(work, BATCH, stuck)


def check_stock_levels(work: Work, found: Sequence[Any]) -> int:
    """Look again, with what nobody has in hands locked, and tell."""
    return watch(work, lock_idle(work, [variant.variant_id for variant in found]))


handler = job("check_stock_levels", check_stock_levels, every="1 hour", find=find_changed)
