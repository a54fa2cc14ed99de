"""Two carts become one: no unit is made up, none is lost unsaid."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.cart.merging import combine, settle
from shared.cart.records import LineRecord
from shared.catalog.variants import ForSale
from shared.kernel.ids import new_id
from shared.kernel.money import Money

NOW = datetime(2026, 11, 20, tzinfo=UTC)
VARIANTS = [UUID(int=number) for number in range(1, 121)]


def goods(variant: UUID) -> ForSale:
    return ForSale(
        variant_id=variant,
        product_id=variant,
        slug="x",
        sku=f"S{variant.int}",
        title="X",
        variant_title="",
        options={},
        kind="physical",
        fulfillment_method="stock",
        partner_id=None,
        min_level=None,
        tax_category="standard",
        weight_g=None,
        price=Money(1000, "EUR"),
        compare_at=None,
        price_points=10,
        image=None,
    )


def line(variant: UUID, pay_with: str, quantity: int) -> LineRecord:
    points = 10 if pay_with == "points" else None
    return LineRecord(new_id(NOW), variant, pay_with, f"S{variant.int}", "X", quantity, 900, points)


_KEYS = st.tuples(st.sampled_from(VARIANTS[:8]), st.sampled_from(["money", "points"]))
_CARTS = st.dictionaries(_KEYS, st.integers(1, 999), max_size=6).map(
    lambda found: [line(variant, pay_with, quantity) for (variant, pay_with), quantity in found.items()]
)


def units(lines: list[LineRecord]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for each in lines:
        found[each.variant_id] = found.get(each.variant_id, 0) + each.quantity
    return found


@given(_CARTS, _CARTS, st.sets(st.sampled_from(VARIANTS[:8])), st.integers(0, 2000))
def test_a_sum_is_never_more_than_both_had_nor_than_there_is_and_what_is_missing_is_said(
    own: list[LineRecord], guest: list[LineRecord], gone: set[UUID], stock: int
) -> None:
    known = {variant: goods(variant) for variant in VARIANTS[:8] if variant not in gone}
    combined = combine(own, guest, known, NOW)
    held = {variant: min(wanted, stock) for variant, wanted in combined.units().items()}
    merged = settle(combined, held, own)
    had, result = units(own), units(merged.lines)
    both = units([*own, *guest])
    for variant, total in result.items():
        assert had.get(variant, 0) <= total <= both[variant]
        assert total <= max(held[variant], had.get(variant, 0))
    assert len({(each.variant_id, each.pay_with) for each in merged.lines}) == len(merged.lines)
    assert {each.id for each in own} <= {each.id for each in merged.lines}
    assert all(1 <= each.quantity <= 999 for each in merged.lines)
    if not merged.changes:
        assert result == both
    missing = {variant for variant in both if result.get(variant, 0) < both[variant]}
    assert missing == {change.variant_id for change in merged.changes}


def test_a_hundred_lines_are_the_most() -> None:
    own = [line(variant, "money", 1) for variant in VARIANTS[:98]]
    guest = [line(variant, "money", 1) for variant in VARIANTS[97:110]]
    combined = combine(own, guest, {variant: goods(variant) for variant in VARIANTS}, NOW)
    merged = settle(combined, combined.units(), own)
    assert len(merged.lines) == 100
    assert [change.code for change in merged.changes] == ["no_room"] * 10
    assert units(merged.lines)[VARIANTS[97]] == 2
