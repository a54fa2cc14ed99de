"""Typing errors, corrected by the brand's own words."""

import time
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from shared.catalog.answers import shop_version
from shared.platform.work import Work

# A word this short has more neighbours than meanings.
_SHORTEST = 3
# From this length on two letters may be wrong.
_TWO_ERRORS_FROM = 6
_CANDIDATES = 5
# A word that was just brought may be unknown as a correction for so long; what it names is found at once all the same.
_KEPT_SECONDS = 60.0
_KEPT_BRANDS = 100

_WORDS = "SELECT string_agg(word, ' ') FROM catalog.vocabulary"
# What searches leave out, they need not have in common with any product.
_IDLE = "SELECT word FROM unnest(%(words)s::text[]) AS word WHERE catalog.is_idle(word, %(language)s)"


class _Vocabulary(NamedTuple):
    version: int
    read_at: float
    words: list[str]
    known: frozenset[str]


_kept: dict[UUID, _Vocabulary] = {}


def corrections(work: Work, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What might have been meant by `words`, which found nothing, the likeliest first."""
    vocabulary = _vocabulary(work)
    idle = work.all(_IDLE, words=list(words), language=work.brand.locale[:2])
    right = vocabulary.known | {row.word for row in idle}
    choices = [[word] if word in right else nearest(word, vocabulary.words) for word in words]
    if all(chosen[:1] == [word] for chosen, word in zip(choices, words, strict=True)):
        return
    yield tuple(chosen[0] for chosen in choices)
    # The second best of one word at a time.
    for place, chosen in enumerate(choices):
        for other in chosen[1:3]:
            yield tuple(other if at == place else best[0] for at, best in enumerate(choices))


def nearest(word: str, vocabulary: list[str]) -> list[str]:
    """The words that are a typing error or two away from `word`, the nearest first; itself where there are none. Pure."""
    if len(word) < _SHORTEST or any(letter.isdigit() for letter in word):
        return [word]
    # Only here, since most searches are typed well: a cold start need not pay for it.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA, JaroWinkler

    errors = 2 if len(word) >= _TWO_ERRORS_FROM else 1
    found = process.extract(word, vocabulary, scorer=OSA.distance, score_cutoff=errors, limit=4 * _CANDIDATES)
    # Of equally near ones, who shares the beginning: people seldom err in the first letter.
    ranked = sorted(found, key=lambda each: (each[1], -JaroWinkler.similarity(word, each[0]), each[0]))
    return [each[0] for each in ranked[:_CANDIDATES]] or [word]


def _vocabulary(work: Work) -> _Vocabulary:
    brand_id, now = work.brand.id, time.monotonic()
    kept, version = _kept.get(brand_id), shop_version(work)
    if kept and (kept.version == version or now - kept.read_at < _KEPT_SECONDS):
        return kept
    words = (work.value(_WORDS) or "").split()
    if len(_kept) >= _KEPT_BRANDS:
        _kept.clear()
    read = _kept[brand_id] = _Vocabulary(version, now, words, frozenset(words))
    return read


def forget() -> None:
    """Drop what this process keeps: for tests."""
    _kept.clear()
