"""Checking out as somebody who is signed in."""

from typing import Any
from uuid import uuid4

import pytest

from functions.checkout.check_out import handler as check_out
from functions.identity.verify_email import handler as verify_email
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, session_of
from tests.buyers import Buyer, for_sale
from tests.gateway import Answer, call
from tests.mailbox import Post
from tests.till import Till
from tests.ways_in import post as send
from tests.ways_in import register

pytestmark = pytest.mark.usefixtures("issuer", "till")


def buy(brand: Brand, token: str | None, **changed: Any) -> Answer:
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    sent = buyer.headers | {"idempotency-key": uuid4().hex}
    if token is not None:
        sent |= {"authorization": f"Bearer {token}"}
    return call(check_out, "POST", "/v1/store/checkout", buyer.wish(**changed), headers=sent)


def customer_of(brand: Brand, order: dict[str, Any]) -> Any:
    with begin(brand, "test") as work:
        return work.value("SELECT customer_id FROM orders.orders WHERE id = %(id)s", id=order["id"])


def test_who_has_not_verified_their_address_does_not_pay(brand: Brand, till: Till, post: Post) -> None:
    registered = register(brand, "ada@maison.example")
    token = registered.body["session"]["access_token"]
    answer = buy(brand, token)
    assert (answer.status, answer.code) == (403, "email_not_verified")
    assert till.intents == {}
    [mail] = post(brand)
    send(verify_email, "/v1/auth/verify-email", brand, {"token": mail.token})
    assert buy(brand, token).status == 201


def test_the_order_is_the_account_s(brand: Brand) -> None:
    account = customer_account(brand)
    answer = buy(brand, session_of(brand, account).access_token)
    with begin(brand, "test") as work:
        theirs = work.value("SELECT id FROM identity.customers WHERE user_id = %(id)s", id=account.id)
    assert customer_of(brand, answer.body["order"]) == theirs


def test_a_guest_s_order_is_nobody_s_account(brand: Brand) -> None:
    assert customer_of(brand, buy(brand, None).body["order"]) is None


def test_a_token_that_is_shown_must_be_good(brand: Brand, another_brand: Brand) -> None:
    foreign = session_of(another_brand, customer_account(another_brand)).access_token
    for token in ("x.y.z", foreign):
        answer = buy(brand, token)
        assert (answer.status, answer.code) == (401, "token_invalid")
