"""A guest asks for the link to an order, and learns nothing by asking."""

from typing import Any

from functions.orders.look_up_order import handler
from shared.platform.brands import Brand
from tests.gateway import Answer, Bus, call


def ask(brand: Brand, body: Any, **given: Any) -> Answer:
    return call(handler, "POST", "/v1/store/orders/lookup", body, headers={"x-brand": brand.slug}, **given)


def test_everybody_is_answered_alike(brand: Brand, bus: Bus) -> None:
    for body in ({"number": 1, "email": "ada@example.com"}, {"number": 10**9, "email": "nobody"}):
        answer = ask(brand, body)
        assert (answer.status, answer.body) == (202, {"accepted": True})
    bus.relay()
    assert [told["data"]["number"] for told in bus.of("order.lookup_requested")] == [1, 10**9]


def test_what_is_no_number_or_address_is_invalid(brand: Brand, bus: Bus) -> None:
    for body in (
        {},
        {"number": 0, "email": "ada@example.com"},
        {"number": "1", "email": "ada@example.com"},
        {"number": 10**16, "email": "ada@example.com"},
        {"number": 1, "email": "a" * 255},
        {"number": 1, "email": "ada@example.com\x00"},
    ):
        assert ask(brand, body).status == 422
