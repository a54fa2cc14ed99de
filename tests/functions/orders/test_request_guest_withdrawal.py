"""A guest withdraws by the link that was mailed to them."""

from typing import Any
from uuid import uuid4

from functions.orders.request_guest_withdrawal import handler
from tests.functions.orders.conftest import Desk
from tests.functions.orders.test_get_guest_order import token_of
from tests.gateway import Answer, call


def withdraw(desk: Desk, token: str, key: str | None = None, **body: Any) -> Answer:
    return call(
        handler,
        "POST",
        f"/v1/store/orders/{token}/withdrawal",
        body,
        headers={"x-brand": desk.brand.slug, **({"idempotency-key": key} if key else {})},
        path_params={"token": token},
    )


def test_it_is_taken_down_once_for_each_key(desk: Desk) -> None:
    bought = desk.paid(2)
    token, key = token_of(desk, bought), uuid4().hex
    answer = withdraw(desk, token, key)
    assert (answer.status, answer.body["withdrawal"]["status"]) == (201, "received")
    assert withdraw(desk, token, key).body == answer.body
    assert withdraw(desk, token, uuid4().hex).code == "nothing_to_withdraw_from"
    assert bought.seen()["withdrawals"][0]["requested_by"] == "guest"
    assert len(desk.mails("withdrawal_received")) == 1


def test_without_a_key_or_a_link_nothing_happens(desk: Desk) -> None:
    bought = desk.paid(1)
    assert withdraw(desk, token_of(desk, bought)).code == "idempotency_key_required"
    assert withdraw(desk, "x" * 43, uuid4().hex).code == "order_link_invalid"
    assert bought.seen()["withdrawals"] == []
