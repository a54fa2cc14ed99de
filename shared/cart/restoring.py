"""What has changed of a cart since its buyer left it. Pure."""

from collections.abc import Iterator

from shared.cart.contents import Contents
from shared.cart.records import LineRecord
from shared.cart.shapes import ChangeCode, LineChange


def changes(contents: Contents) -> list[LineChange]:
    """The lines that can no longer be had, those of which less can, and those whose price is another one now."""
    return [change for line in contents.lines for change in _of_line(contents, line)]


def _of_line(contents: Contents, line: LineRecord) -> Iterator[LineChange]:
    goods = contents.goods.get(line.variant_id)
    others = contents.units[line.variant_id] - line.quantity
    available = max(0, contents.available(line.variant_id) - others) if goods else 0
    code: ChangeCode | None = None
    if not available:
        code = "gone"
    elif available < line.quantity:
        code = "reduced"
    elif goods is not None and line.pay_with == "points":
        code = "price_changed" if goods.price_points != line.unit_points else None
    elif goods is not None:
        asked = goods.price.amount if goods.price else None
        code = "price_changed" if asked != line.unit_price_amount else None
    if code is not None:
        yield LineChange(
            code=code,
            item_id=line.id,
            variant_id=line.variant_id,
            sku=line.sku,
            title=line.title,
            wanted_quantity=line.quantity,
            quantity=min(available, line.quantity),
        )
