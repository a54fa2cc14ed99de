"""GET /v1/admin/inventory/{variant_id}: staff see what is there, what is held and what moved."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from functions.inventory.get_variant_stock import handler
from shared.identity.credentials import Account
from shared.identity.permissions import Role
from shared.inventory import movements, reservations
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, headers, session_of, staff_account
from tests.gateway import Answer, call
from tests.stock import second_place, some_id, stock


def get(brand: Brand, variant: UUID, account: Account | None, **query: Any) -> Answer:
    token = session_of(brand, account).access_token if account else None
    path, params = f"/v1/admin/inventory/{variant}", {"variant_id": str(variant)}
    return call(handler, "GET", path, headers=headers(brand, token), path_params=params, query=query)


def support(brand: Brand) -> Account:
    return staff_account(brand, Role.SUPPORT)


def test_the_levels_add_up_over_all_places(brand: Brand, issuer: str) -> None:
    (mug,) = stock(brand, 5, safety=1)
    second_place(brand, mug, 4)
    answer = get(brand, mug, support(brand))
    assert answer.status == 200
    assert {name: answer.body[name] for name in ("on_hand", "reserved", "safety_stock", "available")} == {
        "on_hand": 10,
        "reserved": 0,
        "safety_stock": 1,
        "available": 9,
    }
    assert [place["available"] for place in answer.body["locations"]] == [5, 4]
    assert sorted(movement["quantity"] for movement in answer.body["movements"]) == [4, 6]


def test_holds_are_shown_with_their_holder_and_a_lapsed_one_as_expired_and_free(
    brand: Brand, issuer: str
) -> None:
    (mug,) = stock(brand, 5)
    lapsed, timely = some_id(), some_id()
    for cart, minutes in ((lapsed, -1), (timely, 9)):
        with begin(brand, "test") as work:
            reservations.reserve(work, cart, {mug: 2}, work.now + timedelta(minutes=minutes))
    body = get(brand, mug, support(brand)).body
    assert (body["on_hand"], body["reserved"], body["available"]) == (5, 2, 3)
    assert {held["cart_id"]: held["state"] for held in body["reservations"]} == {
        str(lapsed): "expired",
        str(timely): "held",
    }


def test_a_sale_is_shown_as_a_movement_of_its_order(brand: Brand, issuer: str) -> None:
    (mug,) = stock(brand, 5)
    order = some_id()
    with begin(brand, "test") as work:
        reservations.hand_over(work, some_id(), order, {mug: 2}, work.now + timedelta(minutes=9))
        reservations.commit(work, order)
    body = get(brand, mug, support(brand)).body
    assert (body["on_hand"], body["reserved"], body["available"]) == (3, 0, 3)
    (sale,) = (movement for movement in body["movements"] if movement["type"] == "sale")
    assert (sale["quantity"], sale["order_id"]) == (-2, str(order))


def test_movements_and_holds_come_in_pages(brand: Brand, issuer: str) -> None:
    (mug,) = stock(brand, 5)
    for _ in range(4):
        with begin(brand, "test") as work:
            movements.move(work, mug, "in", 1, "delivery", "test")
            reservations.reserve(work, some_id(), {mug: 1}, work.now + timedelta(minutes=9))
    somebody = support(brand)
    whole = get(brand, mug, somebody).body
    assert (whole["next_movements_before"], whole["next_reservations_before"]) == (None, None)
    for kind, count in (("movements", 5), ("reservations", 4)):
        seen: list[Any] = []
        before: dict[str, str] | None = {}
        while before is not None:
            page = get(brand, mug, somebody, limit=2, **before).body
            seen += page[kind]
            further = page[f"next_{kind}_before"]
            before = {f"{kind}_before": further} if further else None
        assert seen == whole[kind]
        assert len(seen) == count
    assert get(brand, mug, somebody, limit=101).status == 422


def test_an_unknown_variant_is_not_there_and_neither_is_another_brands(
    brand: Brand, another_brand: Brand, issuer: str
) -> None:
    (mug,) = stock(another_brand, 5)
    for variant in (mug, some_id()):
        answer = get(brand, variant, support(brand))
        assert (answer.status, answer.code) == (404, "stock_not_found")


def test_only_staff_may_look(brand: Brand, issuer: str) -> None:
    (mug,) = stock(brand, 5)
    assert get(brand, mug, None).status == 401
    assert get(brand, mug, customer_account(brand)).status == 403
