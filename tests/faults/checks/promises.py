"""What buyers were told holds: an order that was answered exists, and the same request gets the same answer again."""

from collections.abc import Iterator
from itertools import islice

import httpx

from tests.faults.evidence import Check, Evidence
from tests.faults.notebook import KEPT, Placed

_REPLAYS = 200


def answered_orders_exist(found: Evidence) -> Iterator[str]:
    orders = {
        str(row.id): row for row in found.rows("SELECT id, number, total_amount, email FROM orders.orders")
    }
    for placed in found.notes.placed:
        order = orders.get(placed.order_id)
        if order is None:
            yield f"buyer {placed.buyer} was told of order {placed.order_id}, which does not exist"
        elif (order.number, order.total_amount, order.email) != (placed.number, placed.total, placed.email):
            yield f"buyer {placed.buyer} was told of order {placed.number} over {placed.total}, it is {order}"


def a_replay_is_the_first_answer_again(found: Evidence) -> Iterator[str]:
    now = found.world.now()
    recent = [placed for placed in found.notes.placed if now - placed.at < KEPT]
    with httpx.Client(base_url=found.world.run.url, timeout=60) as http:
        for placed in islice(reversed(recent), _REPLAYS):
            again = _again(http, placed)
            if again.status_code != 201 or again.content != placed.answer:
                yield f"buyer {placed.buyer}'s checkout, repeated, is answered {again.status_code} {again.text[:200]}"
            elif again.headers.get("idempotent-replayed") != "true":
                yield f"buyer {placed.buyer}'s checkout, repeated, is not told to be a replay"


def buyers_saw_nothing_wrong(found: Evidence) -> Iterator[str]:
    yield from found.notes.complaints


def _again(http: httpx.Client, placed: Placed) -> httpx.Response:
    headers = {"x-brand": placed.brand, "x-cart-token": placed.token, "idempotency-key": placed.key}
    return http.post("/v1/store/checkout", json=placed.request, headers=headers)


CHECKS: tuple[Check, ...] = (
    answered_orders_exist,
    a_replay_is_the_first_answer_again,
    buyers_saw_nothing_wrong,
)
