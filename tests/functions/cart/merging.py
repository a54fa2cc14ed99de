"""Guests' carts that become accounts', for the tests of merging."""

from uuid import UUID

from functions.cart.get_cart import handler as get_cart
from functions.cart.merge_cart import handler
from shared.platform.brands import Brand
from tests.accounts import headers
from tests.buyers import Buyer
from tests.gateway import Answer, call
from tests.people import Person


def merge(person: Person, guest: Buyer, **more: str) -> Answer:
    sent = headers(person.brand, person.token) | {"x-cart-token": guest.token} | more
    path = f"/v1/store/cart/{guest.cart_id}/merge"
    return call(handler, "POST", path, headers=sent, path_params={"cart_id": guest.cart_id})


def guest_with(brand: Brand, *goods: tuple[UUID, int]) -> Buyer:
    buyer = Buyer.of(brand)
    for variant, quantity in goods:
        assert buyer.add(variant, quantity).status == 201
    return buyer


def lines(answer: Answer) -> dict[str, int]:
    return {line["variant_id"]: line["quantity"] for line in answer.body["items"]}


def look(person: Person, cart_id: str) -> Answer:
    return call(
        get_cart,
        "GET",
        f"/v1/store/cart/{cart_id}",
        headers=headers(person.brand, person.token),
        path_params={"cart_id": cart_id},
    )
