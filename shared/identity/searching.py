"""Finding people by what somebody types: words folded as the database folds names. Pure."""

import re
import unicodedata

_MOST_WORDS = 8
# What the database splits names and addresses at (migration 0011), and all that has a meaning in a text search query.
_SPLIT = re.compile(r"[\s@.\-_+'&|!():*<>\\\"]+")


def words(typed: str) -> list[str]:
    """The words typed, folded."""
    folded = unicodedata.normalize("NFKD", typed.replace("\0", "")).casefold().replace("œ", "oe")
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return [word for word in _SPLIT.split(bare) if word][:_MOST_WORDS]


def prefixes(typed: str) -> str:
    """A `tsquery` for whoever has words that begin with each of the words typed; empty when nothing was typed."""
    return " & ".join(f"'{word}':*" for word in words(typed))
