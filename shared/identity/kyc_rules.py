"""When an identity check is needed to invest, and of which level. Pure.

Spec 02, "KYC": from 100 EUR invested in all a light check, from 1,000 EUR a complete one; a brand may choose others, or none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from shared.kernel.money import Money
from shared.kernel.refusals import Forbidden


class KycLevel(StrEnum):
    """How thorough a check is; `complete` includes `light`."""

    LIGHT = "light"
    COMPLETE = "complete"

    @property
    def rank(self) -> int:
        """Its place, from 1."""
        return list(KycLevel).index(self) + 1


class KycStatus(StrEnum):
    """Where a check stands. `pending`: the person has yet to do their part."""

    STARTED = "started"
    PENDING = "pending"
    PROCESSING = "processing"
    VERIFIED = "verified"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (KycStatus.STARTED, KycStatus.PENDING, KycStatus.PROCESSING)


class KycRequired(Forbidden):
    """An identity check is needed before you can invest this much in all."""


@dataclass(frozen=True, slots=True)
class KycThresholds:
    """From how much invested in all (minor units of the brand's currency) each check is needed; None: never."""

    light: int | None = 100_00
    complete: int | None = 1_000_00

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """The brand's own, from its settings' `kyc`."""
        chosen = settings.get("kyc") or {}
        return cls(**{name: chosen[name] for name in ("light", "complete") if name in chosen})

    def at(self, level: KycLevel) -> int | None:
        """The threshold of a level."""
        return self.light if level is KycLevel.LIGHT else self.complete


def needed(total: int, thresholds: KycThresholds) -> KycLevel | None:
    """The check that a cumulative total (this investment included) needs when it reaches or crosses a threshold."""
    reached = [level for level in KycLevel if (limit := thresholds.at(level)) is not None and total >= limit]
    return reached[-1] if reached else None


def highest(levels: Iterable[str]) -> KycLevel | None:
    """The most thorough of these checks."""
    return max((KycLevel(level) for level in levels), key=lambda level: level.rank, default=None)


def admit(total: Money, passed: KycLevel | None, thresholds: KycThresholds, link: str) -> None:
    """Raise KycRequired, with the level, its threshold and where to start it, unless the check that `total` needs was passed."""
    wanted = needed(total.amount, thresholds)
    if wanted is None or (passed is not None and passed.rank >= wanted.rank):
        return
    raise KycRequired(
        level=wanted.value,
        threshold=Money(thresholds.at(wanted) or 0, total.currency),
        total=total,
        link=link,
    )


def after_seeing(current: KycStatus, seen: KycStatus) -> KycStatus:
    """The status after a look at the provider, in whatever order looks are recorded: what was verified stays so, and what is
    over is not opened again, for another check may be open by now."""
    if current is KycStatus.VERIFIED or (current not in OPEN and seen in OPEN):
        return current
    return seen
