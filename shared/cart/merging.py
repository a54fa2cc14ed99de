"""Two carts become one: which lines it has, and what there was no room or no stock for. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.cart.editing import asked_price
from shared.cart.lines import MAX_LINES, MAX_QUANTITY
from shared.cart.records import LineRecord
from shared.cart.refusals import NotPricedInCurrency, NotPricedInPoints
from shared.cart.shapes import ChangeCode, LineChange
from shared.catalog.variants import ForSale
from shared.kernel.ids import new_id


class Addition(NamedTuple):
    """Units that a line is to get: `line` as it would be with all of them, `before` as many as it had, `wanted` as many more."""

    line: LineRecord
    before: int
    wanted: int


class Combined(NamedTuple):
    """What becomes of two carts: lines that stay as they are, additions, and what is left out."""

    kept: Sequence[LineRecord]
    additions: Sequence[Addition]
    left_out: Sequence[LineChange]

    def units(self) -> dict[UUID, int]:
        """The units of each variant, were there enough of everything."""
        found: dict[UUID, int] = {}
        for line in (*self.kept, *(addition.line for addition in self.additions)):
            found[line.variant_id] = found.get(line.variant_id, 0) + line.quantity
        return found


class Merged(NamedTuple):
    """The lines of the one cart, those of them that are new or changed, and what differs from what both had."""

    lines: list[LineRecord]
    changed: list[LineRecord]
    changes: list[LineChange]


def combine(
    own: Sequence[LineRecord],
    guest: Sequence[LineRecord],
    goods: Mapping[UUID, ForSale],
    now: datetime,
) -> Combined:
    """Put the guest's lines beside the account's own: equal ones grow, at the price of the day, up to 999; at most 100 lines."""
    lines = {(line.variant_id, line.pay_with): line for line in own}
    additions: list[Addition] = []
    left_out: list[LineChange] = []
    for line in guest:
        key, known = (line.variant_id, line.pay_with), goods.get(line.variant_id)
        same = lines.get(key)
        if known is None or (same is None and len(lines) >= MAX_LINES):
            left_out.append(_change("gone" if known is None else "no_room", line, 0, None))
            continue
        if same is None:
            grown = lines[key] = line._replace(id=new_id(now))
            additions.append(Addition(grown, 0, line.quantity))
            continue
        try:
            price = asked_price(known, line.pay_with)
        except (NotPricedInCurrency, NotPricedInPoints):
            left_out.append(_change("gone", line, 0, same.id))
            continue
        quantity = min(MAX_QUANTITY, same.quantity + line.quantity)
        grown = lines[key] = same._replace(quantity=quantity, **price._asdict())
        additions.append(Addition(grown, same.quantity, line.quantity))
    touched = {addition.line.id for addition in additions}
    return Combined([line for line in own if line.id not in touched], additions, left_out)


def settle(combined: Combined, held: Mapping[UUID, int], own: Sequence[LineRecord]) -> Merged:
    """Cut the additions down to what is `held` (units by variant). What the account's own lines had is never cut."""
    free = dict(held)
    for line in (*combined.kept, *(addition.line for addition in combined.additions)):
        before = next((each.quantity for each in own if each.id == line.id), 0)
        free[line.variant_id] = free.get(line.variant_id, 0) - before
    before_lines = {line.id: line for line in own}
    lines, changed, changes = list(combined.kept), list[LineRecord](), list(combined.left_out)
    for addition in combined.additions:
        line = addition.line
        granted = max(0, min(line.quantity - addition.before, free[line.variant_id]))
        free[line.variant_id] -= granted
        quantity = addition.before + granted
        if granted < addition.wanted:
            code: ChangeCode = "reduced" if quantity else "gone"
            wanted = line._replace(quantity=addition.before + addition.wanted)
            changes.append(_change(code, wanted, quantity, line.id if quantity else None))
        if granted:
            changed.append(line._replace(quantity=quantity))
            lines.append(changed[-1])
        elif line.id in before_lines:
            lines.append(before_lines[line.id])
    return Merged(sorted(lines, key=lambda line: line.id), changed, changes)


def _change(code: ChangeCode, wanted: LineRecord, quantity: int, item_id: UUID | None) -> LineChange:
    return LineChange(
        code=code,
        item_id=item_id,
        variant_id=wanted.variant_id,
        sku=wanted.sku,
        title=wanted.title,
        wanted_quantity=wanted.quantity,
        quantity=quantity,
    )
