"""Stock for tests, and what must always be true of it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.inventory import movements, reconciling
from shared.inventory.availability import NONE, availability
from shared.kernel.ids import new_id
from shared.platform.brands import Brand
from shared.platform.work import Work, begin

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


def some_id() -> UUID:
    """An id of something this test does not look into: a variant, a cart, an order."""
    return new_id(datetime.now(UTC))


def stock(brand: Brand, *units: int, safety: int = 0, backorder: bool = False) -> list[UUID]:
    """New variants with these many units each, in the order of their ids."""
    variants = sorted(some_id() for _ in units)
    with begin(brand, "test", now=NOON) as work:
        for variant, count in zip(variants, units, strict=True):
            _open(work, variant, count, safety, backorder)
    return variants


def second_place(brand: Brand, variant: UUID, units: int) -> None:
    """More of a variant at another place, which is less preferred."""
    with begin(brand, "test", now=NOON) as work:
        place = new_id(NOON)
        work.run(
            "INSERT INTO inventory.stock_locations (id, code, name, priority, created_at)"
            " VALUES (%(id)s, %(code)s, 'Réserve', 9, %(now)s)",
            id=place,
            code=str(place),
            now=NOON,
        )
        movements.move(work, variant, "in", units, "delivery", "test", location_id=place)


def available(brand: Brand, variant: UUID, at: datetime = NOON) -> int:
    """How many of a variant can be bought at that moment."""
    with begin(brand, "test", now=at) as work:
        return availability(work, [variant]).get(variant, NONE).quantity


def counters(brand: Brand, variant: UUID) -> tuple[int, int]:
    """The raw counters of a variant, over all places: on_hand, reserved."""
    with begin(brand, "test") as work:
        row = work.one(
            "SELECT sum(on_hand)::int AS on_hand, sum(reserved)::int AS reserved FROM inventory.inventory_items WHERE variant_id = %(id)s",
            id=variant,
        )
    assert row is not None
    return row[0], row[1]


def states(brand: Brand, holder: UUID) -> list[tuple[str, int]]:
    """State and quantity of every reservation that a cart or order ever had, oldest first."""
    with begin(brand, "test") as work:
        rows = work.all(
            "SELECT state, quantity FROM inventory.inventory_reservations WHERE holder_id = %(id)s ORDER BY id",
            id=holder,
        )
    return [(row.state, row.quantity) for row in rows]


def assert_reconciled(brand: Brand) -> None:
    """Every counter is the sum it stands for."""
    with begin(brand, "test") as work:
        assert reconciling.count(work).discrepancies == []


def _open(work: Work, variant: UUID, units: int, safety: int, backorder: bool) -> None:
    item = movements.move(work, variant, "in", units + safety, "delivery", "test")
    work.run(
        "UPDATE inventory.inventory_items SET safety_stock = %(safety)s, backorder_allowed = %(backorder)s"
        " WHERE id = %(id)s",
        safety=safety,
        backorder=backorder,
        id=item,
    )
