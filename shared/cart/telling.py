"""What a change of a cart's lines tells. Pure, but for `tell`."""

from collections.abc import Iterator, Sequence

from shared.cart.events import CartItemAddedV1, CartItemRemovedV1
from shared.cart.records import CartRecord, LineRecord
from shared.kernel.money import Money
from shared.platform.work import Work


def tell(
    work: Work,
    cart: CartRecord,
    before: Sequence[LineRecord],
    after: Sequence[LineRecord],
    *,
    moved: bool = False,
) -> None:
    """Tell what has been put into a (locked) cart or taken out of it; `moved`: from or to another cart of the same buyer."""
    for fact in facts(cart, before, after, moved=moved):
        work.tell(fact, key=str(cart.id))


def facts(
    cart: CartRecord, before: Sequence[LineRecord], after: Sequence[LineRecord], *, moved: bool = False
) -> Iterator[CartItemAddedV1 | CartItemRemovedV1]:
    """A fact for each line that has got more or fewer units; none for one whose price alone is another."""
    had = {line.id: line.quantity for line in before}
    for line in after:
        more = line.quantity - had.pop(line.id, 0)
        if more:
            yield _fact(cart, line, more, line.quantity, moved)
    for line in before:
        if line.id in had:
            yield _fact(cart, line, -line.quantity, 0, moved)


def _fact(
    cart: CartRecord, line: LineRecord, more: int, left: int, moved: bool
) -> CartItemAddedV1 | CartItemRemovedV1:
    kind = CartItemAddedV1 if more > 0 else CartItemRemovedV1
    return kind(
        cart_id=cart.id,
        customer_id=cart.customer_id,
        item_id=line.id,
        variant_id=line.variant_id,
        quantity=abs(more),
        item_quantity=left,
        unit_price=Money(line.unit_price_amount, cart.currency),
        unit_points=line.unit_points,
        moved=moved,
    )
