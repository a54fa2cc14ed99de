"""GET /v1/admin/carts/{cart_id}: a cart with its reminders and its history."""

from typing import Any
from uuid import uuid4

import pytest

from functions.cart.get_admin_cart import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import Answer
from tests.leavers import left, send
from tests.people import Person
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def read(brand: Brand, cart_id: Any) -> Answer:
    return Person.staff(brand, Role.SUPPORT).call(
        handler, "GET", "/v1/admin/carts/{cart_id}", cart_id=cart_id
    )


def test_staff_see_lines_reminders_and_what_happened(brand: Brand, at: Clock) -> None:
    buyer = left(brand, at, title="Mug")
    at.move(minutes=30)
    send()
    cart = read(brand, buyer.cart_id).body
    assert (cart["email"], cart["reminders_sent"]) == ("lea@example.com", 1)
    assert [line["title"] for line in cart["items"]] == ["Mug"]
    assert [(each["step"], bool(each["sent_at"])) for each in cart["reminders"]] == [
        (1, True),
        (2, False),
        (3, False),
    ]
    assert cart["reminders"][0]["sent_by"] == "sequence"
    assert cart["history"][0]["kind"] == "abandoned"
    assert {each["kind"] for each in cart["history"]} == {"created", "added", "abandoned"}


def test_looking_opens_nothing(brand: Brand, at: Clock) -> None:
    buyer = left(brand, at)
    assert buyer.token not in str(read(brand, buyer.cart_id).body)
    assert buyer.look().body["status"] == "abandoned"


def test_carts_of_other_brands_are_not_there(brand: Brand, another_brand: Brand, at: Clock) -> None:
    assert read(brand, left(another_brand, at).cart_id).code == "cart_not_found"
    assert read(brand, uuid4()).code == "cart_not_found"
