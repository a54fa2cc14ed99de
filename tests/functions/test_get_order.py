"""Staff look at one order."""

from uuid import uuid4

from functions.orders.get_order import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.accounts import signed_in
from tests.buyers import Buyer, captured, for_sale
from tests.gateway import Answer, Bus, call
from tests.till import Till


def get(headers: dict[str, str], order_id: str) -> Answer:
    path = f"/v1/admin/orders/{order_id}"
    return call(handler, "GET", path, headers=headers, path_params={"order_id": order_id})


def test_staff_see_lines_totals_payments_and_history(
    brand: Brand, another_brand: Brand, issuer: str, till: Till, bus: Bus
) -> None:
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand), 2)
    checked_out = buyer.check_out()
    captured(brand, till, bus, checked_out)
    order_id = checked_out.body["order"]["id"]
    answer = get(signed_in(brand, Role.SUPPORT), order_id)
    assert answer.status == 200
    order = answer.body
    assert (order["status"], order["version"], order["shipments"]) == ("paid", 2, [])
    assert order["totals"] == checked_out.body["order"]["totals"]
    assert order["items"] == checked_out.body["order"]["items"]
    assert [payment["status"] for payment in order["payments"]] == ["captured"]
    assert [(each["from"], each["to"]) for each in order["history"]] == [
        (None, "pending_payment"),
        ("pending_payment", "paid"),
    ]
    for headers, unknown in (
        (signed_in(brand, Role.SUPPORT), str(uuid4())),
        (signed_in(another_brand, Role.ADMIN), order_id),
    ):
        answer = get(headers, unknown)
        assert (answer.status, answer.code) == (404, "order_not_found")


def test_nobody_else_sees_it(brand: Brand, issuer: str, till: Till) -> None:
    assert get({"x-brand": brand.slug}, str(uuid4())).status == 401
    assert get(signed_in(brand, Role.MEMBER), str(uuid4())).status == 403
