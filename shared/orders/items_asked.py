"""Lines as a request names them: each once, with so many units."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.kernel.refusals import Invalid
from shared.platform.models import Request

_MOST_UNITS = 999


class ItemRepeated(Invalid):
    """A line is named once, with all its units."""


class AskedItem(Request):
    """So many units of a line of the order."""

    item_id: UUID
    quantity: Annotated[int, Field(ge=1, le=_MOST_UNITS)]


def by_item(lines: Sequence[AskedItem]) -> dict[str, int]:
    """The units by line. Raises ItemRepeated."""
    units = {str(line.item_id): line.quantity for line in lines}
    if len(units) < len(lines):
        raise ItemRepeated
    return units
