"""Starting a cart."""

import hashlib

import pytest

from functions.cart.create_cart import handler
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Answer, call


def create(brand: Brand, body: object, **headers: str) -> Answer:
    sent = {"x-brand": brand.slug, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return call(handler, "POST", "/v1/store/cart", body, headers=sent)


def test_a_new_cart_is_empty_and_in_the_brands_own_currency_and_language(brand: Brand) -> None:
    answer = create(brand, {})
    assert answer.status == 201
    cart = answer.body
    assert (cart["status"], cart["currency"], cart["locale"], cart["email"]) == ("active", "EUR", "fr", None)
    assert cart["items"] == []
    assert cart["totals"]["total"] == {"amount": 0, "currency": "EUR"}
    assert cart["can_checkout"] is False
    assert [problem["code"] for problem in cart["problems"]] == ["cart_empty"]
    assert cart["reservation_expires_at"] is None


def test_the_token_is_stored_only_as_its_hash(brand: Brand) -> None:
    token = create(brand, {}).body["token"]
    with begin(brand, "test") as work:
        stored = work.value("SELECT token_hash FROM cart.carts")
    assert len(token) >= 43
    assert stored == hashlib.sha256(token.encode()).digest()


@pytest.mark.parametrize(
    ("body", "languages", "expected"),
    [
        ({"locale": "en"}, "fr", "en"),
        ({}, "en-GB,en;q=0.9,fr;q=0.8", "en-GB"),
        ({}, "en;q=0.5, fr;q=0.9", "fr"),
        ({}, "*, ;q=x, en;q=0", "fr"),
        ({}, "", "fr"),
    ],
)
def test_the_buyers_language_is_the_one_asked_for_else_the_browsers_else_the_brands(
    brand: Brand, body: object, languages: str, expected: str
) -> None:
    assert create(brand, body, accept_language=languages).body["locale"] == expected


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"currency": "USD"}, 422, "currency_not_offered"),
        ({"currency": "euro"}, 422, "validation_failed"),
        ({"email": "not an address"}, 422, "validation_failed"),
        ({"email": "ada@example.com\nbcc:eve@example.com"}, 422, "validation_failed"),
        ({"colour": "red"}, 422, "validation_failed"),
        ([], 422, "validation_failed"),
    ],
)
def test_what_no_cart_can_have_is_refused(brand: Brand, body: object, status: int, code: str) -> None:
    answer = create(brand, body)
    assert (answer.status, answer.code) == (status, code)


def test_an_email_is_kept_with_the_cart(brand: Brand) -> None:
    assert create(brand, {"email": " ada@example.com "}).body["email"] == "ada@example.com"
