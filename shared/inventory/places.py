"""Places that ship: a brand's stock locations, and the item of a variant at one of them, made when it is first needed."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from shared.inventory.refusals import LocationCodeTaken, LocationNotFound
from shared.kernel.ids import new_id
from shared.platform.models import Request, Response, ShortText
from shared.platform.work import Work

# No place holds more of a variant; the database says so, too.
MOST_ON_HAND = 1_000_000_000
# And nobody moves more at once: a slip of the keyboard is refused.
MOST_MOVED = 1_000_000
_LEAST_PREFERRED = 1000

_DEFAULT_LOCATION = ("main", "Stock principal")

type LocationKind = Literal["micro_hub", "partner"]


class NewLocation(Request):
    """A place that ships, the lowest `priority` first. One of kind `partner` is that partner's, a `micro_hub` the brand's own."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$"), Field(examples=["lyon"])]
    name: ShortText
    kind: LocationKind = "micro_hub"
    partner_id: UUID | None = None
    priority: int = Field(0, ge=0, le=_LEAST_PREFERRED)

    @model_validator(mode="after")
    def _partners_have_one(self) -> "NewLocation":
        if (self.kind == "partner") != (self.partner_id is not None):
            raise ValueError("a partner's location names its partner_id, and no other does")
        return self


class Location(Response):
    """A place that ships."""

    id: UUID
    code: str
    name: str
    kind: LocationKind
    partner_id: UUID | None
    priority: int


_COLUMNS = ", ".join(Location.model_fields)
_FIRST_LOCATION = "SELECT id FROM inventory.stock_locations ORDER BY priority, created_at, id LIMIT 1"
_OPEN_LOCATION = """
    INSERT INTO inventory.stock_locations (id, code, name, kind, partner_id, priority, created_at)
    VALUES (%(id)s, %(code)s, %(name)s, %(kind)s, %(partner_id)s, %(priority)s, %(now)s)
    ON CONFLICT (brand_id, code) DO NOTHING
"""
_OPEN_ITEM = """
    INSERT INTO inventory.inventory_items (id, variant_id, location_id, created_at)
    VALUES (%(id)s, %(variant)s, %(location)s, %(now)s) ON CONFLICT (brand_id, variant_id, location_id) DO NOTHING
"""
_LOCK_ITEM = """
    SELECT id, variant_id, location_id, on_hand, reserved, safety_stock, low_threshold, backorder_allowed, version
      FROM inventory.inventory_items
     WHERE variant_id = %(variant)s AND location_id = %(location)s FOR NO KEY UPDATE
"""


def page(work: Work, limit: int, offset: int) -> list[Location]:
    """The brand's places, the preferred one first."""
    rows = work.all(
        f"SELECT {_COLUMNS} FROM inventory.stock_locations ORDER BY priority, created_at, id"
        " LIMIT %(limit)s OFFSET %(offset)s",
        limit=limit,
        offset=offset,
    )
    return [Location.model_validate(row, from_attributes=True) for row in rows]


def count(work: Work) -> int:
    """How many places there are."""
    return int(work.value("SELECT count(*) FROM inventory.stock_locations"))


def open_location(work: Work, ask: NewLocation) -> Location:
    """Open a place. Raises LocationCodeTaken."""
    made = Location(id=new_id(work.now), **ask.model_dump())
    if not work.run(_OPEN_LOCATION, now=work.now, **made.model_dump()):
        raise LocationCodeTaken
    return made


def default_location(work: Work) -> UUID:
    """The brand's preferred place; a brand without any gets one."""
    found: UUID | None = work.value(_FIRST_LOCATION)
    if found is None:
        code, name = _DEFAULT_LOCATION
        work.run(
            _OPEN_LOCATION,
            id=new_id(work.now),
            code=code,
            name=name,
            kind="micro_hub",
            partner_id=None,
            priority=0,
            now=work.now,
        )
        found = work.value(_FIRST_LOCATION)
    assert found is not None
    return found


def known_location(work: Work, location_id: UUID | None) -> UUID:
    """The place of this id; the brand's preferred one when none is named. Raises LocationNotFound."""
    if location_id is None:
        return default_location(work)
    if work.value("SELECT 1 FROM inventory.stock_locations WHERE id = %(id)s", id=location_id) is None:
        raise LocationNotFound
    return location_id


def open_item(work: Work, variant_id: UUID, location_id: UUID) -> None:
    """Keep stock of a variant at a place from now on, unless it is kept there already."""
    work.run(_OPEN_ITEM, id=new_id(work.now), variant=variant_id, location=location_id, now=work.now)


def lock_item(work: Work, variant_id: UUID, location_id: UUID) -> Any:
    """The item of a variant at a place, locked; made when there is none."""
    item = work.one(_LOCK_ITEM, variant=variant_id, location=location_id)
    if item is None:
        open_item(work, variant_id, location_id)
        item = work.one(_LOCK_ITEM, variant=variant_id, location=location_id)
    return item
