"""The machine of a shipment over its endpoint: each state, each move; what follows for the order; who may, and who was first."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.identity.permissions import Role
from shared.orders.shipment_rules import MOVES, ShipmentStatus
from shared.platform.brands import Brand
from tests.deeds import log
from tests.functions.orders.conftest import Bought, Desk
from tests.people import Person
from tests.shipping import Carrier, change, hear_of_refunds, ship, shipped, sign_in_again
from tests.till import Clock


def _at(bought: Bought, status: ShipmentStatus) -> str:
    """A shipment of one unit in this state."""
    [made] = shipped(bought, lines=bought.line(1))
    if status is not ShipmentStatus.PENDING:
        assert change(bought, made["id"], status=status).status == 200
    return str(made["id"])


@pytest.mark.parametrize("current", [*ShipmentStatus])
def test_each_state_goes_where_the_table_says_and_nowhere_else(desk: Desk, current: ShipmentStatus) -> None:
    bought = desk.paid(9)
    legal = MOVES[current]
    stays = _at(bought, current)
    for wanted in set(ShipmentStatus) - legal:
        refused = change(bought, stays, status=wanted)
        assert (refused.status, refused.code) == (409, "illegal_shipment_move"), (wanted, refused.body)
        assert (refused.body["current"], refused.body["allowed"]) == (current, sorted(legal))
    for number, wanted in enumerate(sorted(legal)):
        moved = stays if number == 0 else _at(bought, current)
        answer = change(bought, moved, status=wanted)
        assert (answer.status, answer.body["status"]) == (200, wanted), answer.body
        assert answer.body["allowed_statuses"] == sorted(MOVES[wanted])
        step = answer.body["steps"][-1]
        assert (step["moved_to"], step["source"], step["by"]) == (wanted, "staff", str(desk.admin.id))
        entry = log(desk.brand, action="orders.change_shipment")[0]
        assert entry["changes"]["status"] == {"before": current.value, "after": wanted.value}


def test_the_order_follows_its_shipments(desk: Desk, at: Clock) -> None:
    bought = desk.paid(3)
    one, two = (shipped(bought, lines=bought.line(units))[0]["id"] for units in (1, 2))
    assert bought.now.status == "preparing"
    change(bought, one, status="shipped", tracking_number="6A1", carrier="colissimo")
    assert bought.now.status == "preparing"
    [mail] = desk.mails("order_shipped")
    assert (mail.variables["more_to_come"], len(mail.variables["lines"])) == (True, 1)
    change(bought, one, status="delivered")
    change(bought, two, status="shipped")
    assert bought.now.status == "fulfilled"
    at.move(days=2)
    sign_in_again(desk)
    change(bought, two, status="delivered")
    seen = bought.seen()
    assert seen["status"] == "completed"
    assert seen["delivered_at"] == seen["shipments"][1]["delivered_at"] > seen["shipments"][0]["delivered_at"]
    assert [told["notify"] for told in desk.told("order.fulfilled")] == [True]
    assert len(desk.told("shipment.delivered")) == 2
    mails = desk.mails("order_shipped")
    assert [mail.variables["more_to_come"] for mail in mails] == [True, False]
    assert [[line["quantity"] for line in mail.variables["lines"]] for mail in mails] == [[1], [2]]
    assert len(desk.mails("order_delivered")) == 1


def test_what_came_back_or_was_lost_is_sent_again(desk: Desk) -> None:
    bought = desk.paid(1)
    [first] = shipped(bought, status="shipped")
    change(bought, first["id"], status="lost")
    assert [left["quantity"] for left in bought.seen()["to_ship"]] == [1]
    [second] = shipped(bought, status="shipped")
    refused = change(bought, first["id"], status="delivered")
    assert (refused.status, refused.code) == (409, "units_not_left_to_ship")
    change(bought, second["id"], status="delivered")
    assert bought.now.status == "completed"


def test_a_number_that_is_known_late_is_the_orders_too(desk: Desk) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought, status="shipped")
    change(bought, only["id"], carrier="GLS", tracking_number="77")
    seen = bought.seen()
    assert (seen["tracking_number"], seen["tracking_carrier"]) == ("77", "GLS")


def test_buyers_who_are_not_to_be_told_are_not(desk: Desk) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought, notify_customer=False)
    change(bought, only["id"], status="shipped")
    change(bought, only["id"], status="delivered", notify_customer=False)
    assert desk.mails("order_shipped") + desk.mails("order_delivered") == []


def test_two_who_change_the_same_shipment_hear_of_each_other(desk: Desk) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought)
    answer = change(bought, only["id"], carrier="dhl", if_match=f'"{only["version"]}"')
    assert (answer.status, answer.headers["etag"]) == (200, f'"{answer.body["version"]}"')
    stale = change(bought, only["id"], status="shipped", if_match=f'"{only["version"]}"')
    assert (stale.status, stale.code) == (412, "version_stale")
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: change(bought, only["id"], status="delivered").status, range(3)))
    assert sorted(answers) == [200, 409, 409]
    assert len(desk.told("shipment.delivered")) == 1


def test_a_parcel_that_its_carrier_has_taken_stays_with_it(desk: Desk, carrier: Carrier) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought, carrier="sendcloud")
    carrier.announce()
    refused = change(bought, only["id"], tracking_number="mine")
    assert (refused.status, refused.code) == (409, "shipment_fixed")
    assert change(bought, only["id"], status="cancelled").status == 200


def test_the_orders_own_endpoint_says_the_same(desk: Desk) -> None:
    bought = desk.paid(3)
    [early] = shipped(bought, lines=bought.line(1))
    bought.send_on("fulfilled", tracking_number="6A9", tracking_carrier="Colissimo")
    seen = bought.seen()
    assert [(each["status"], each["tracking_number"]) for each in seen["shipments"]] == [
        ("shipped", "6A9")
    ] * 2
    assert (seen["shipments"][0]["id"], seen["to_ship"]) == (early["id"], [])
    bought.send_on("completed")
    assert {each["status"] for each in bought.seen()["shipments"]} == {"delivered"}


def test_cancelling_an_order_calls_off_what_has_not_left_and_keeps_what_has_out_of_stock(desk: Desk) -> None:
    bought = desk.paid(3)
    [away] = shipped(bought, lines=bought.line(1), status="shipped")
    [here] = shipped(bought, lines=bought.line(1))
    assert bought.cancel().status == 200
    found = {each["id"]: each["status"] for each in bought.seen()["shipments"]}
    assert found == {away["id"]: "shipped", here["id"]: "cancelled"}
    assert [told["shipment_id"] for told in desk.told("shipment.cancelled")] == [here["id"]]
    # Of ten, three were sold: two come back, one is on its way.
    assert bought.stock == (9, 0)
    assert change(bought, away["id"], status="returned").status == 200
    assert bought.now.status == "cancelled"


def test_what_is_given_back_for_is_not_sent_and_lets_the_order_go_on(desk: Desk) -> None:
    bought = desk.paid(2)
    [first] = shipped(bought, lines=bought.line(1), status="shipped")
    [second] = shipped(bought, lines=bought.line(1))
    change(bought, first["id"], status="delivered")
    assert bought.refund(lines=bought.line(1)).status == 201
    hear_of_refunds(desk)
    seen = bought.seen()
    assert [each["status"] for each in seen["shipments"]] == ["delivered", "cancelled"]
    assert seen["status"] == "completed"
    assert change(bought, second["id"], status="shipped").code == "illegal_shipment_move"


def test_only_managers_of_this_brand_may(desk: Desk, another_brand: Brand) -> None:
    bought, other = desk.paid(1), desk.paid(1)
    [only] = shipped(bought)
    for who, status in (
        (Person.staff(desk.brand, Role.SUPPORT), 403),
        (Person.staff(another_brand, Role.ADMIN), 404),
        (desk.manager, 200),
    ):
        assert change(bought, only["id"], by=who, status="shipped").status == status
    assert change(other, only["id"], status="delivered").code == "shipment_not_found"
    assert ship(other).status == 201
    assert change(bought, only["id"], status=None).status == 422
