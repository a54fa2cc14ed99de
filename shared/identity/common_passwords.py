"""Common passwords: those of published breaches (data/LICENSES), and what people make of them to reach a minimum length."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

_LIST = Path(__file__).parent / "data" / "common_passwords.txt"
# How much of what is put before and after a common word is still a guess away: "password2024!!".
_MOST_AROUND = 6
_SHORTEST_WORD = 4
# Repeats of at most so many characters: "abcabcabcabc".
_LONGEST_BLOCK = 8
_WALKS = (
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "0123456789012345678901234567890123456789",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "azertyuiop^$qsdfghjklmù*wxcvbn,;:!",
    "1234567890-=qwertyuiop[]",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
)
_PLAIN = str.maketrans("@4301!5$7", "aaeoiisst")
_CORE = re.compile(r"^[\W\d_]*(.*?)[\W\d_]*$", re.DOTALL)


def is_common(password: str, about: Iterable[str] = ()) -> bool:
    """Whether `password` is among the first that anybody would guess.

    `about` are words of its owner's: their address, their name, the brand.
    """
    told, own, listed = _folded(password), _own(about), _known()

    def known(word: str) -> bool:
        return word in own or word in listed

    return known(told) or _walks(told) or _repeats(told, known) or _is_word_with_trimmings(told, known)


def _is_word_with_trimmings(told: str, known: Callable[[str], bool]) -> bool:
    found = _CORE.match(told)
    core = found.group(1) if found else told
    for word in {core, core.translate(_PLAIN), _CORE.sub(r"\1", told.translate(_PLAIN))}:
        if len(word) >= _SHORTEST_WORD and len(told) - len(word) <= _MOST_AROUND and known(word):
            return True
    return False


def _repeats(told: str, known: Callable[[str], bool]) -> bool:
    for size in range(1, len(told) // 2 + 1):
        block = told[:size]
        if (block * (len(told) // size + 1))[: len(told)] == told:
            return size <= _LONGEST_BLOCK or _is_word_with_trimmings(block, known)
    return False


def _walks(told: str) -> bool:
    """Along the alphabet, the digits or a keyboard, either way."""
    return any(told in walk or told[::-1] in walk for walk in _WALKS)


def _own(about: Iterable[str]) -> frozenset[str]:
    words = {_folded(text) for text in about}
    words |= {word.partition("@")[0] for word in words}
    words |= {part for word in words for part in re.split(r"[\W_]+", word)}
    return frozenset(word for word in words if len(word) >= _SHORTEST_WORD)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text.casefold())


@cache
def _known() -> frozenset[str]:
    return frozenset(_LIST.read_text(encoding="utf-8").split("\n")) - {""}
