"""Finding people by what somebody types: words folded as the database folds names. Pure."""

import base64
import binascii
import json
import re
import unicodedata
from typing import Any
from uuid import UUID

from shared.kernel.refusals import Invalid

_MOST_WORDS = 8
# What the database splits names and addresses at (migration 0011), and all that has a meaning in a text search query.
_SPLIT = re.compile(r"[\s@.\-_+'&|!():*<>\\\"]+")


class CursorInvalid(Invalid):
    """This cursor is not one of ours, or belongs to another sort order."""


def prefixes(typed: str) -> str:
    """A `tsquery` for whoever has words that begin with each of the words typed; empty when nothing was typed."""
    folded = unicodedata.normalize("NFKD", typed.replace("\0", "")).casefold().replace("œ", "oe")
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = [word for word in _SPLIT.split(bare) if word][:_MOST_WORDS]
    return " & ".join(f"'{word}':*" for word in words)


def write_cursor(sort: str, value: Any, row_id: UUID) -> str:
    """Where a list stands after a row whose sort key is `value`."""
    told = json.dumps([sort, value, str(row_id)], ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def read_cursor(cursor: str, sort: str) -> tuple[str, UUID]:
    """The sort key and the id behind a cursor of this sort order. Raises CursorInvalid."""
    try:
        told, value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if told != sort or not isinstance(value, str) or "\0" in value:
            raise ValueError(cursor)
        return value, UUID(row_id)
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise CursorInvalid from error
