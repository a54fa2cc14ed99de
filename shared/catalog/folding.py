"""What visitors type, as words: without accents, in lower case, split at whatever is no letter or digit. Pure.

`catalog.fold` (migration 0017) does the same to what products say; a property test holds the two together.
"""

import re
import unicodedata

# Two letters are the least that the beginning of a word is looked for by; one would be half the shop.
BEGINNING = 2
_MOST_WORDS = 10
_LONGEST_WORD = 40

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ς": "σ", "œ": "oe", "æ": "ae", "ß": "ss"}
)
# Combining marks of Latin, Hebrew and Arabic.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]")
_BETWEEN = re.compile(
    "[\x00-/:-`{-\u00bf\u00d7\u00f7\u02b0-\u02ff\u060c\u061b\u061f\u066a-\u066d\u06d4\u2000-\u2bff\u2e00-\u2e7f\u3000-\u303f"
    "\ue000-\uf8ff\ufe00-\ufe0f\ufffc\ufffd\U0001f000-\U0001faff\U000e0000-\U0010ffff]+"
)


def fold(text: str) -> str:
    """The words of `text` with a space between them: "Crème brûlée !" → "creme brulee"."""
    lower = unicodedata.normalize("NFKD", text).lower().translate(_LETTERS)
    return _BETWEEN.sub(" ", _MARKS.sub("", lower)).strip(" ")


def words_of(text: str) -> tuple[str, ...]:
    """The first ten words of what somebody typed; what is longer than a word can be is none."""
    return tuple(word for word in fold(text).split(" ") if 0 < len(word) <= _LONGEST_WORD)[:_MOST_WORDS]
