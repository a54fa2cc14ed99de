"""A buyer lists their orders."""

from typing import Any

from functions.orders.list_own_orders import handler
from shared.identity.accounts import guest_customer
from shared.platform.work import begin
from tests.functions.orders.conftest import Desk
from tests.functions.orders.test_get_own_order import bought_by
from tests.gateway import Answer
from tests.people import Person


def listed(member: Person, **query: Any) -> Answer:
    return member.call(handler, "GET", "/v1/me/orders", query=query)


def test_the_latest_come_first_and_only_ones_own(desk: Desk) -> None:
    ada, bob = Person.member(desk.brand), Person.member(desk.brand)
    hers = [bought_by(desk, ada).id for _ in range(3)]
    bought_by(desk, bob)
    answer = listed(ada, limit=2)
    assert [order["id"] for order in answer.body["data"]] == hers[:0:-1]
    assert answer.body["pagination"] == {"page": 1, "limit": 2, "total": 3, "pages": 2}
    rest = listed(ada, limit=2, cursor=answer.body["next_cursor"])
    assert ([order["id"] for order in rest.body["data"]], rest.body["pagination"]) == (hers[:1], None)
    assert listed(desk.admin).body["data"] == []
    assert listed(ada, limit=101).status == 422
    assert listed(ada, cursor="x").code == "cursor_invalid"
    assert listed(Person(desk.brand, ada.account, "")).status == 401


def test_what_was_bought_as_a_guest_under_the_proved_address_is_there_too(desk: Desk) -> None:
    ada = Person.member(desk.brand)
    bought = desk.paid(1)
    with begin(desk.brand, "test") as work:
        guest = guest_customer(work, ada.account.email, "Ada", "Byron")
        work.run(
            "UPDATE orders.orders SET customer_id = %(guest)s WHERE id = %(id)s", guest=guest, id=bought.id
        )
        proved = work.value(
            "SELECT email_verified_at IS NOT NULL FROM identity.users WHERE id = %(id)s", id=ada.id
        )
    assert bool(listed(ada).body["data"]) == proved
    with begin(desk.brand, "test") as work:
        work.run(
            "UPDATE identity.users SET email_verified_at = %(now)s WHERE id = %(id)s", now=work.now, id=ada.id
        )
    assert [order["id"] for order in listed(ada).body["data"]] == [bought.id]
