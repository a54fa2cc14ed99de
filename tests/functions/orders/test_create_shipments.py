"""Staff send an order: its lines are split by how they are sent, never more than is left, whoever clicks twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from shared.identity.permissions import Role
from shared.kernel.ids import new_id
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.deeds import log
from tests.functions.orders.conftest import Bought, Desk, kill_at
from tests.killing import Killed
from tests.people import Person, rows
from tests.shipping import bought_of, ship, shipped

PARTNER, OTHER = UUID(int=7), UUID(int=8)
DROPSHIP = {"fulfillment_method": "dropship", "partner_id": PARTNER}


def test_an_order_is_split_into_one_shipment_from_the_hub_and_one_from_each_partner(desk: Desk) -> None:
    bought = bought_of(
        desk,
        (2, {"weight_g": 300}),
        (1, DROPSHIP),
        (3, DROPSHIP | {"partner_id": OTHER}),
        (1, {"weight_g": 50}),
    )
    before = bought.seen()
    assert [(left["quantity"], left["method"]) for left in before["to_ship"]] == [
        (2, "micro_hub"),
        (1, "dropship"),
        (3, "dropship"),
        (1, "micro_hub"),
    ]
    answer = ship(bought)
    assert answer.status == 201, answer.body
    found = [
        (each["number"], each["method"], each["partner_id"], [line["quantity"] for line in each["lines"]])
        for each in answer.body["shipments"]
    ]
    assert found == [
        (1, "micro_hub", None, [2, 1]),
        (2, "dropship", str(PARTNER), [1]),
        (3, "dropship", str(OTHER), [3]),
    ]
    assert answer.body["shipment"]["weight_g"] == 650
    order = answer.body["order"]
    assert (order["status"], order["to_ship"], len(order["shipments"])) == ("preparing", [], 3)
    assert [told["method"] for told in desk.told("shipment.created")] == ["micro_hub", "dropship", "dropship"]
    entry = log(desk.brand, action="orders.create_shipments")[0]
    assert len(entry["changes"]["shipments"]["after"]) == 3


def test_partners_are_told_what_they_send_and_what_it_is_worth(desk: Desk) -> None:
    bought = bought_of(desk, (3, DROPSHIP | {"price": 1000}), (1, {}))
    line = {"item_id": bought.items[0], "quantity": 1}
    for _ in range(3):
        shipped(bought, lines=[line])
    requests = desk.told("shipment.requested")
    assert {told["partner_id"] for told in requests} == {str(PARTNER)}
    nets = [each["net"]["amount"] for told in requests for each in told["lines"]]
    [whole] = rows(
        desk.brand, "SELECT net_amount FROM orders.order_items WHERE id = %(id)s", id=bought.items[0]
    )
    assert (len(nets), sum(nets)) == (3, whole.net_amount)


def test_lines_go_in_as_many_parcels_as_staff_say_and_never_more_than_is_left(desk: Desk) -> None:
    bought = desk.paid(3)
    [first] = shipped(bought, lines=bought.line(2), carrier="Colissimo", tracking_number="6A1")
    assert first["tracking_url"] == "https://www.laposte.fr/outils/suivre-vos-envois?code=6A1"
    refused = ship(bought, lines=bought.line(2))
    assert (refused.status, refused.code, refused.body["left"]) == (409, "units_not_left_to_ship", 1)
    shipped(bought, lines=bought.line(1))
    assert (ship(bought).status, ship(bought).code) == (409, "nothing_left_to_ship")
    assert bought.stock == (7, 0)


def test_what_went_back_is_not_sent(desk: Desk) -> None:
    bought = desk.paid(3)
    assert bought.refund(lines=bought.line(2)).status == 201
    refused = ship(bought, lines=bought.line(2))
    assert (refused.code, refused.body["left"]) == ("units_not_left_to_ship", 1)
    assert [line["quantity"] for line in shipped(bought)[0]["lines"]] == [1]


def test_one_that_has_left_already_fulfils_the_order(desk: Desk) -> None:
    bought = desk.paid(2)
    [only] = shipped(bought, status="shipped", carrier="bpost", tracking_number="3232")
    assert only["status"] == "shipped"
    seen = bought.seen()
    assert (seen["status"], seen["tracking_number"], seen["tracking_carrier"]) == (
        "fulfilled",
        "3232",
        "bpost",
    )
    assert [change["to"] for change in seen["history"]][-2:] == ["preparing", "fulfilled"]
    [mail] = desk.mails("order_shipped")
    assert mail.variables["tracking_url"] == "https://track.bpost.cloud/btr/web/#/search?itemCode=3232"
    assert mail.variables["more_to_come"] is False


def test_digital_lines_need_no_sending(desk: Desk) -> None:
    bought = bought_of(desk, (1, {}), (1, {"kind": "digital"}))
    [only] = shipped(bought, status="shipped")
    assert [line["item_id"] for line in only["lines"]] == [bought.items[0]]
    assert bought.now.status == "fulfilled"


@pytest.mark.parametrize("make", ["unpaid", "cancelled", "refunded"])
def test_what_is_not_paid_or_no_longer_stands_is_not_sent(desk: Desk, make: str) -> None:
    bought = desk.unpaid(1) if make == "unpaid" else desk.paid(1)
    if make == "cancelled":
        bought.cancel()
    if make == "refunded":
        bought.refund()
    assert (ship(bought).status, ship(bought).code) == (409, "order_not_shippable")


def test_what_cannot_be_meant_is_refused(desk: Desk) -> None:
    bought = bought_of(desk, (1, {}), (1, DROPSHIP))
    line = bought.line(1)[0]
    for body, code in (
        ({"lines": [line, line]}, "item_repeated"),
        ({"lines": [line | {"item_id": str(uuid4())}]}, "item_not_in_order"),
        ({"tracking_number": "1"}, "tracking_for_one_shipment"),
        ({"lines": []}, "invalid_request"),
        ({"lines": [line | {"quantity": 0}]}, "invalid_request"),
        ({"method": "drone"}, "invalid_request"),
        ({"carrier": ""}, "invalid_request"),
        ({"carrier": "a\x00b"}, "invalid_request"),
    ):
        answer = ship(bought, **body)
        assert answer.status in (404, 422), (body, answer.body)
        assert code in ("invalid_request", answer.code)
    assert bought.seen()["shipments"] == []
    assert ship(bought, method="dropship").body["shipment"]["method"] == "dropship"


def test_the_same_click_twice_makes_one(desk: Desk) -> None:
    bought = desk.paid(2)
    first, again = (ship(bought, key="once", lines=bought.line(1)) for _ in range(2))
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert len(bought.seen()["shipments"]) == 1


def test_two_at_once_never_send_more_than_there_is(desk: Desk) -> None:
    bought = desk.paid(3)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: ship(bought, lines=bought.line(1)), range(6)))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [409] * 3
    seen = bought.seen()
    assert sorted(each["number"] for each in seen["shipments"]) == [1, 2, 3]
    assert seen["to_ship"] == []


def test_the_database_refuses_what_the_code_might_forget(desk: Desk) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought)
    item = bought.items[0]
    with pytest.raises(psycopg.errors.CheckViolation):
        _pack_behind_its_back(desk.brand, bought, item)
    assert [each["id"] for each in bought.seen()["shipments"]] == [only["id"]]


def _pack_behind_its_back(brand: Brand, bought: Bought, item: str) -> None:
    with begin(brand, "test") as work:
        shipment = new_id(work.now)
        work.run(
            """INSERT INTO orders.shipments (id, order_id, number, method, made_by, created_at, updated_at)
               VALUES (%(id)s, %(order)s, 9, 'micro_hub', 'test', %(now)s, %(now)s)""",
            id=shipment,
            order=bought.id,
            now=work.now,
        )
        work.run(
            """INSERT INTO orders.shipment_items (shipment_id, order_id, item_id, quantity)
               VALUES (%(id)s, %(order)s, %(item)s, 1)""",
            id=shipment,
            order=bought.id,
            item=item,
        )


@pytest.mark.parametrize("step", ["before_commit", "after_commit"])
def test_killed_it_has_made_them_or_not(desk: Desk, step: str) -> None:
    bought = desk.paid(2)
    kill_at(step, "orders/create_shipments")
    with pytest.raises(Killed):
        ship(bought, key="k")
    again = ship(bought, key="k")
    assert again.status == 201
    assert len(bought.seen()["shipments"]) == 1


def test_only_managers_of_this_brand_may(desk: Desk, another_brand: Brand) -> None:
    bought = desk.paid(1)
    answers: list[Any] = [
        ship(bought, by=Person.staff(desk.brand, Role.SUPPORT)),
        ship(bought, by=Person.member(desk.brand)),
        ship(bought, by=Person.staff(another_brand, Role.ADMIN)),
    ]
    assert [answer.status for answer in answers] == [403, 403, 404]
    assert ship(bought, by=desk.manager).status == 201
