"""A buyer looks at an order of theirs, and sees nobody of the staff by name."""

import json
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from functions.orders.get_guest_order import handler as get_guest_order
from functions.orders.get_own_order import handler
from shared.orders.links import make_link
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.functions.orders.conftest import Bought, Desk, euros
from tests.gateway import Answer
from tests.people import Person
from tests.shipping import shipped


def bought_by(desk: Desk, member: Person) -> Bought:
    bought = desk.paid(2)
    give_to(desk, bought, member)
    return bought


def give_to(desk: Desk, bought: Bought, member: Person) -> None:
    with begin(desk.brand, "test") as work:
        work.run(
            "UPDATE orders.orders SET customer_id = %(customer)s WHERE id = %(id)s",
            customer=member.customer_id,
            id=bought.id,
        )


def look(member: Person, order_id: str) -> Answer:
    return member.call(handler, "GET", "/v1/me/orders/{order_id}", order_id=order_id)


def test_it_has_what_came_after_it_and_no_word_of_the_staff(desk: Desk) -> None:
    ada = Person.member(desk.brand)
    bought = bought_by(desk, ada)
    bought.refund(amount=euros(500), reason="Broken, says support")
    bought.note(body="Always complains")
    answer = look(ada, bought.id)
    assert answer.status == 200, answer.body
    order = answer.body
    assert (order["status"], order["refunds"][0]["amount"]) == ("partially_refunded", euros(500))
    assert [move["by"] for move in order["history"]] == ["buyer", "system", "staff"]
    assert (order["can_withdraw"], order["withdrawable_until"]) == (True, None)
    told = json.dumps(order)
    for secret in ("Broken", "complains", str(desk.admin.id), desk.admin.account.email):
        assert secret not in told


def test_parcels_are_followed_and_whoever_packed_them_stays_unnamed(desk: Desk) -> None:
    ada = Person.member(desk.brand)
    bought = bought_by(desk, ada)
    [made] = shipped(
        bought, lines=bought.line(1), carrier="Colissimo", tracking_number="6A1", status="shipped"
    )
    with begin(desk.brand, "test") as work:
        token = parse_qs(urlsplit(make_link(work, bought.now.id)).query)["token"][0]
    path, own = "/v1/store/orders/{token}", look(ada, bought.id).body["shipments"]
    guests = ada.call(get_guest_order, "GET", path, token=token).body["shipments"]
    assert own == guests
    [parcel] = own
    assert (parcel["id"], parcel["status"], parcel["tracking_number"]) == (made["id"], "shipped", "6A1")
    assert parcel["tracking_url"].startswith("https://www.laposte.fr/")
    assert [(step["status"], step["description"]) for step in parcel["steps"]] == [("shipped", None)]
    assert str(desk.admin.id) not in json.dumps(own)
    assert {"made_by", "partner_id", "carrier_error"} & parcel.keys() == set()


def test_nobody_elses_order_is_there(desk: Desk, another_brand: Brand) -> None:
    bought = bought_by(desk, Person.member(desk.brand))
    for other in (Person.member(desk.brand), desk.admin, Person.member(another_brand)):
        assert look(other, bought.id).code == "order_not_found"
    assert look(Person.member(desk.brand), str(uuid4())).status == 404
    assert look(Person(desk.brand, desk.admin.account, ""), bought.id).status == 401


def test_an_order_that_is_nobodys_yet_is_not_everybodys(desk: Desk) -> None:
    assert look(Person.member(desk.brand), desk.unpaid(1).id).status == 404
