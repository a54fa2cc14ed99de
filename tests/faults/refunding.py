"""Staff give money back during a fault run: whole orders, lines with and without restocking, amounts; and call orders off."""

import asyncio
from typing import Any

from tests.faults.accounts import Bearer, sign_in
from tests.faults.buyers import Leaves, Visit
from tests.faults.notebook import KEPT, Placed, Refunded
from tests.faults.shopper import Answer, both

_SHARE_OF_DOUBLE_CLICKS = 0.3
_MADE, _NOT_SIGNED_IN = 201, 401
_PAID = ("paid", "payment_review", "partially_refunded")


async def give_back(visit: Visit) -> None:
    """Buys and pays; staff give all or part of it back, now and then twice."""
    placed, bearer, order = await _sold(visit)
    for _ in range(visit.random.randint(1, 2)):
        await _refund(visit, placed, order, bearer)


async def call_off(visit: Visit) -> None:
    """Buys and (mostly) pays; staff cancel the order."""
    placed, bearer, _ = await _sold(visit, share_of_unpaid=0.3)
    wish = {"reason": "called off", "restock": visit.random.random() < 0.7}
    path = f"/v1/admin/orders/{placed.order_id}/cancel"
    answer = await visit.shopper.ask("cancel order", "POST", path, wish, headers=bearer | visit.key())
    visit.note_refusal(answer)


async def _sold(visit: Visit, share_of_unpaid: float = 0.0) -> tuple[Placed, Bearer, dict[str, Any]]:
    placed = await visit.check_out(await visit.fill_cart())
    leaves_it = visit.random.random() < share_of_unpaid
    if not leaves_it and not await visit.pay(placed):
        raise Leaves("not paid, so nothing to give back")
    bearer, _ = await sign_in(visit)
    until = asyncio.get_running_loop().time() + visit.world.patience / 2
    while True:
        path = f"/v1/admin/orders/{placed.order_id}"
        seen = await visit.shopper.ask("get order", "GET", path, headers=bearer)
        if seen.status == 200 and (leaves_it or seen.body["status"] in _PAID):
            return placed, bearer, seen.body
        if seen.status != 200 or asyncio.get_running_loop().time() > until:
            raise Leaves(f"give back: {seen.status} {seen.code}")
        await asyncio.sleep(0.5)


async def _refund(visit: Visit, placed: Placed, order: dict[str, Any], bearer: Bearer) -> None:
    wish, at = _wish(visit, order), visit.world.now()
    path, headers = f"/v1/admin/orders/{placed.order_id}/refunds", bearer | visit.key()

    async def click() -> Answer:
        return await visit.shopper.ask("refund", "POST", path, wish, headers=headers)

    if visit.random.random() < _SHARE_OF_DOUBLE_CLICKS:
        answer, twin = await both(click(), click())
        told = {answer.status: answer.raw, twin.status: twin.raw}
        # The clock may jump over the end of a session between the two.
        same = _NOT_SIGNED_IN in told or (answer.status, answer.raw) == (twin.status, twin.raw)
        if not same and _MADE in told and visit.world.now() - at < KEPT:
            visit.notes.complaints.append(f"twin refunds of {placed.order_id} were answered {told}")
    else:
        answer = await click()
    visit.note_refusal(answer)
    if answer.status == _MADE:
        made = {one["id"]: one["amount"]["amount"] for one in answer.body["refunds"]}
        visit.notes.refunded.append(Refunded(placed.order_id, made))


def _wish(visit: Visit, order: dict[str, Any]) -> dict[str, Any]:
    random, total = visit.random, order["totals"]["total"]
    wish: dict[str, Any] = {"reason": "as the buyer wishes", "notify_customer": random.random() < 0.8}
    match random.choice(("all", "all restocked", "lines", "lines restocked", "amount")):
        case "amount":
            wish["amount"] = {"amount": random.randint(1, total["amount"]), "currency": total["currency"]}
        case "all" | "all restocked" as how:
            wish["restock"] = how != "all"
        case how:
            some = random.sample(order["items"], random.randint(1, len(order["items"])))
            wish["lines"] = [
                {"item_id": item["id"], "quantity": random.randint(1, item["quantity"])} for item in some
            ]
            wish |= {"restock": how != "lines", "shipping": random.random() < 0.5}
    return wish
