"""What is told of a cart's lines: enough to know from it what the cart holds."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.cart.events import CartItemAddedV1
from shared.cart.records import CartRecord, LineRecord
from shared.cart.telling import facts
from shared.kernel.money import Money

NOW = datetime(2026, 11, 20, tzinfo=UTC)
CART = CartRecord(UUID(int=7), "active", "EUR", "fr", None, None, [], None, None, None, None, NOW, NOW)


def line(number: int, quantity: int, price: int) -> LineRecord:
    return LineRecord(UUID(int=number), UUID(int=100 + number), "money", "S", "X", quantity, price, None)


_LINES = st.dictionaries(
    st.integers(1, 5), st.tuples(st.integers(1, 999), st.integers(0, 5000)), max_size=5
).map(lambda found: [line(number, *of) for number, of in found.items()])


@given(st.lists(_LINES, max_size=6))
def test_what_was_added_less_what_was_removed_is_what_the_cart_holds(steps: list[list[LineRecord]]) -> None:
    held: dict[UUID, int] = {}
    before: list[LineRecord] = []
    for after in steps:
        for fact in facts(CART, before, after):
            assert fact.quantity > 0
            more = fact.quantity if isinstance(fact, CartItemAddedV1) else -fact.quantity
            held[fact.item_id] = held.get(fact.item_id, 0) + more
            assert held[fact.item_id] == fact.item_quantity
        before = after
        assert {item: units for item, units in held.items() if units} == {
            each.id: each.quantity for each in after
        }


@given(_LINES)
def test_of_lines_that_have_as_many_units_as_before_nothing_is_told(lines: list[LineRecord]) -> None:
    dearer = [each._replace(unit_price_amount=each.unit_price_amount + 1) for each in lines]
    assert list(facts(CART, lines, dearer)) == []


def test_a_line_that_grows_is_told_at_its_new_price() -> None:
    [fact] = facts(CART, [line(1, 2, 1000)], [line(1, 5, 1200)])
    assert isinstance(fact, CartItemAddedV1)
    assert (fact.quantity, fact.item_quantity, fact.unit_price) == (3, 5, Money(1200, "EUR"))
