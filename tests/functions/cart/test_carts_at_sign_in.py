"""Who signs in brings along the cart whose token their browser shows; it keeps nobody out."""

from typing import Any

import pytest

from functions.identity import consume_magic_link, register_account, sign_in, verify_mfa
from functions.identity.request_magic_link import handler as request_magic_link
from shared.platform.brands import Brand
from tests.accounts import PASSWORD, customer_account, headers
from tests.buyers import Buyer, captured, for_sale
from tests.gateway import Answer, Bus, call
from tests.mailbox import Post
from tests.people import Person, rows
from tests.stock import assert_reconciled, counters
from tests.till import Till
from tests.ways_in import enrolled

pytestmark = pytest.mark.usefixtures("issuer", "bus", "till")


def enter(handler: Any, path: str, brand: Brand, body: Any, guest: Buyer) -> Answer:
    return call(handler, "POST", path, body, headers=headers(brand) | {"x-cart-token": guest.token})


def log_in(brand: Brand, email: str, guest: Buyer) -> Answer:
    return enter(sign_in.handler, "/v1/auth/login", brand, {"email": email, "password": PASSWORD}, guest)


def owner(brand: Brand, guest: Buyer) -> Any:
    [row] = rows(brand, "SELECT customer_id, merged_into FROM cart.carts WHERE id = %(id)s", id=guest.cart_id)
    return row


def filled(brand: Brand) -> Buyer:
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand), 2)
    return buyer


def test_signing_in_merges_the_guest_s_cart(brand: Brand) -> None:
    account, mug = customer_account(brand), for_sale(brand)
    first, second = Buyer.of(brand), Buyer.of(brand)
    first.add(mug, 1)
    second.add(mug, 2)
    assert log_in(brand, account.email, first).status == 200
    assert log_in(brand, account.email, second).status == 200
    assert str(owner(brand, second).merged_into) == first.cart_id
    [line] = first.look().body["items"]
    assert line["quantity"] == 3
    assert counters(brand, mug) == (10, 3)
    assert_reconciled(brand)


def test_so_does_a_magic_link_a_second_factor_and_registering(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    by_link, by_code, new = filled(brand), filled(brand), filled(brand)
    call(
        request_magic_link,
        "POST",
        "/v1/auth/magic-link",
        {"email": account.email},
        headers=headers(brand),
    )
    [mail] = [mail for mail in post(brand) if mail.template == "magic_link"]
    path = "/v1/auth/magic-link/consume"
    assert enter(consume_magic_link.handler, path, brand, {"token": mail.token}, by_link).status == 200
    assert owner(brand, by_link).customer_id is not None
    app, _ = enrolled(brand, account)
    challenge = log_in(brand, account.email, by_code).body
    # Whoever has shown one factor of two is not in yet.
    assert owner(brand, by_code).merged_into is None
    code = {"mfa_token": challenge["mfa_token"], "recovery_code": _[0]}
    assert enter(verify_mfa.handler, "/v1/auth/mfa/verify", brand, code, by_code).status == 200
    assert str(owner(brand, by_code).merged_into) == by_link.cart_id
    assert app
    wish = {
        "email": "zoe@example.com",
        "password": "another-demo-Passw0rd!",
        "first_name": "Zoé",
        "last_name": "B",
        "accepted_terms": True,
    }
    assert enter(register_account.handler, "/v1/auth/register", brand, wish, new).status == 201
    assert owner(brand, new).customer_id is not None


def test_a_wrong_password_merges_nothing(brand: Brand) -> None:
    account, guest = customer_account(brand), filled(brand)
    body = {"email": account.email, "password": "wrong"}
    assert enter(sign_in.handler, "/v1/auth/login", brand, body, guest).status == 401
    assert owner(brand, guest).customer_id is None


def test_a_cart_that_cannot_be_merged_keeps_nobody_out(brand: Brand, till: Till, bus: Bus) -> None:
    account, bob = customer_account(brand), Person.member(brand)
    paid, theirs, nothing = filled(brand), filled(brand), Buyer(brand, "", "x" * 43)
    captured(brand, till, bus, paid.check_out())
    assert log_in(brand, bob.account.email, theirs).status == 200
    for guest in (paid, theirs, nothing):
        assert log_in(brand, account.email, guest).status == 200
    assert owner(brand, theirs).customer_id == bob.customer_id
