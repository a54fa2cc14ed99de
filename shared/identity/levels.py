"""Levels: explorateur, protecteur, ambassadeur. What counts for them, when one is reached, and when it may fall. Pure.

Spec 02, "Levels": protecteur by the first paid investment, ambassadeur by an active ambassador subscription, never lowered while a
paid period runs; a brand may ask for more investments, or for an amount.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Self

type FactKind = Literal["investment", "ambassador", "granted"]


class Level(StrEnum):
    """From least to most."""

    EXPLORATEUR = "explorateur"
    PROTECTEUR = "protecteur"
    AMBASSADEUR = "ambassadeur"

    @property
    def rank(self) -> int:
        """Its place, from 0."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class LevelThresholds:
    """What protecteur takes: so many paid investments, of so much together (minor units of the brand's currency)."""

    investments: int = 1
    invested: int = 0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """The brand's own, from its settings' `levels`."""
        chosen = (settings.get("levels") or {}).get("protecteur") or {}
        return cls(**{name: chosen[name] for name in ("investments", "invested") if name in chosen})


@dataclass(frozen=True, slots=True)
class LevelFact:
    """Something that counts from `since` until `until` (None: for ever): a paid investment of `amount`, an ambassador
    subscription's paid period, a `level` that staff granted."""

    kind: FactKind
    since: datetime
    until: datetime | None = None
    amount: int = 0
    level: Level | None = None

    def counts(self, now: datetime) -> bool:
        """Whether it counts at `now`."""
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Standing:
    """The level that facts give at a moment; `until` is when it may fall if nothing more happens (None: never)."""

    level: Level
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a customer is towards `level`: what it takes and what there is of it."""

    level: Level
    investments: int
    investments_needed: int
    invested: int
    invested_needed: int
    ambassador: bool
    ambassador_needed: bool


def still_to_come(until: datetime | None, now: datetime) -> datetime | None:
    """When a level may fall; None for a moment that is over, which has ended nothing yet: the level is about to be decided anew."""
    return until if until is not None and until > now else None


def standing(facts: Iterable[LevelFact], thresholds: LevelThresholds, now: datetime) -> Standing:
    """The highest level that some fact gives at `now`."""
    counting = [fact for fact in facts if fact.counts(now)]
    given: list[tuple[Level, datetime | None]] = [(Level.EXPLORATEUR, None)]
    paid = [fact for fact in counting if fact.kind == "investment"]
    if (
        paid
        and len(paid) >= thresholds.investments
        and sum(fact.amount for fact in paid) >= thresholds.invested
    ):
        given.append((Level.PROTECTEUR, None))
    given += [(Level.AMBASSADEUR, fact.until) for fact in counting if fact.kind == "ambassador"]
    given += [(fact.level, fact.until) for fact in counting if fact.kind == "granted" and fact.level]
    level = max((each for each, _ in given), key=lambda each: each.rank)
    # What holds a level up holds those below it up, too: it falls when the last of its supports ends.
    ends = [until for each, until in given if each is level]
    return Standing(level, None if None in ends else max(until for until in ends if until is not None))


def progress(facts: Iterable[LevelFact], thresholds: LevelThresholds, now: datetime) -> Progress | None:
    """What the next level takes, and what there is of it; None at the highest."""
    known = list(facts)
    reached = standing(known, thresholds, now).level
    if reached is Level.AMBASSADEUR:
        return None
    counting = [fact for fact in known if fact.counts(now)]
    paid = [fact for fact in counting if fact.kind == "investment"]
    next_level = list(Level)[reached.rank + 1]
    protecteur = next_level is Level.PROTECTEUR
    return Progress(
        level=next_level,
        investments=len(paid),
        investments_needed=max(1, thresholds.investments) if protecteur else 0,
        invested=sum(fact.amount for fact in paid),
        invested_needed=thresholds.invested if protecteur else 0,
        ambassador=any(fact.kind == "ambassador" for fact in counting),
        ambassador_needed=not protecteur,
    )
