"""Staff, carriers and refunds in any order: never more is sent than was bought, and the order says what its shipments say."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.orders.shipment_rules import ShipmentStatus
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.functions.orders.conftest import Bought, Desk
from tests.gateway import Answer
from tests.shipping import change, hear_of_refunds, ship
from tests.stock import assert_reconciled

UNITS = 5
_DEAD = {"returned", "lost", "cancelled"}
_ALLOWED = {200, 201, 409}

type Step = tuple[str, int, str]

_SHIP = st.tuples(st.just("ship"), st.integers(1, 3), st.sampled_from(["pending", "shipped"]))
_MOVE = st.tuples(
    st.just("move"), st.integers(0, 5), st.sampled_from([*map(str, ShipmentStatus), "shipped", "delivered"])
)
_REFUND = st.tuples(st.just("refund"), st.integers(1, 2), st.just(""))
_BY_HAND = st.tuples(
    st.just("send on"), st.just(0), st.sampled_from(["preparing", "fulfilled", "completed", "cancelled"])
)


def _do(bought: Bought, step: Step) -> Answer | None:
    what, number, to = step
    match what:
        case "ship":
            return ship(bought, lines=bought.line(number), status=to)
        case "refund":
            return bought.refund(lines=bought.line(number), restock=True)
        case "send on":
            return bought.send_on(to)
    made = bought.seen()["shipments"]
    return change(bought, made[number % len(made)]["id"], status=to) if made else None


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_SHIP | _MOVE | _MOVE | _REFUND | _BY_HAND, min_size=3, max_size=9))
def test_whatever_is_done_adds_up(desk: Desk, steps: list[Step]) -> None:
    bought = desk.paid(UNITS)
    for step in steps:
        answer = _do(bought, step)
        assert answer is None or answer.status in _ALLOWED, answer.body
        hear_of_refunds(desk)
        _check(bought.seen(), _back(desk.brand, bought))
    assert_reconciled(desk.brand)


def _check(seen: dict[str, Any], back: int) -> None:
    alive = [each for each in seen["shipments"] if each["status"] not in _DEAD]
    placed = sum(line["quantity"] for each in alive for line in each["lines"])
    left = sum(line["quantity"] for line in seen["to_ship"])
    assert placed <= UNITS
    assert left == max(0, UNITS - back - placed)
    statuses = {each["status"] for each in alive}
    if seen["status"] == "cancelled":
        assert "pending" not in statuses
    if seen["status"] == "completed" and alive:
        assert seen["delivered_at"] is not None
    if alive and not left and statuses == {"delivered"} and seen["status"] not in ("refunded", "cancelled"):
        assert seen["completed_at"] is not None
    if seen["status"] in ("paid", "preparing"):
        assert left or "pending" in statuses or not alive
    if "pending" in statuses:
        assert placed + back <= UNITS


def _back(brand: Brand, bought: Bought) -> int:
    with begin(brand, "test") as work:
        return int(
            work.value(
                """SELECT coalesce(sum(i.quantity), 0) FROM orders.refund_items i
                     JOIN orders.refunds r ON r.brand_id = i.brand_id AND r.id = i.refund_id
                    WHERE i.order_id = %(id)s AND r.status <> 'failed'""",
                id=bought.id,
            )
        )
