"""GET /v1/admin/customers/{customer_id}."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from functions.identity.add_customer_note import handler as add_note
from functions.identity.get_customer import handler
from functions.orders.on_order_paid import handler as on_order_paid
from shared.identity import standings
from shared.identity.permissions import Role
from shared.kernel.money import Money
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import Buyer, captured, deliver, for_sale
from tests.gateway import Bus
from tests.people import Person, rows
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/customers/{customer_id}"


def test_all_that_belongs_to_a_customer_is_shown(brand: Brand, till: Till, bus: Bus) -> None:
    ada, support = Person.member(brand, "ada@example.com"), Person.staff(brand, Role.SUPPORT)
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand, price=2500))
    order = buyer.check_out(email="Ada@example.com")
    captured(brand, till, bus, order)
    deliver(bus, on_order_paid, "order.paid")
    support.call(add_note, "POST", PATH + "/notes", {"body": "Likes tea"}, customer_id=ada.customer_id)
    with begin(brand, "test") as work:
        assert ada.customer_id
        standings.note_investment(work, ada.customer_id, "i-1", Money(50_00, "EUR"), datetime.now(UTC))
    told = support.call(handler, "GET", PATH, customer_id=ada.customer_id)
    assert told.status == 200
    body = told.body
    assert (body["email"], body["level"], body["standing"]["next"]["level"]) == (
        "ada@example.com",
        "protecteur",
        "ambassadeur",
    )
    # What she bought as a guest under the address that her account has proved is hers, too.
    assert len(body["records"]) == 2
    assert (body["purchases"]["orders"], body["purchases"]["paid"]) == (1, 1)
    assert body["purchases"]["spent"] == [order.body["order"]["totals"]["total"]]
    assert body["purchases"]["latest"][0]["number"] == order.body["order"]["number"]
    assert [note["body"] for note in body["notes"]] == ["Likes tea"]
    assert (body["kyc"], body["addresses"], body["consents"]) == ([], [], [])
    assert told.headers["etag"] == f'"{body["version"]}"'
    actions = [row.action for row in rows(brand, "SELECT action FROM platform.audit_logs ORDER BY sequence")]
    assert actions[-1] == "identity.get_customer"


def test_an_address_that_nobody_has_proved_brings_no_guests_orders(brand: Brand, till: Till) -> None:
    ada, support = Person.member(brand, "ada@example.com"), Person.staff(brand, Role.SUPPORT)
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    buyer.check_out(email="ada@example.com")
    with begin(brand, "test") as work:
        work.run("UPDATE identity.users SET email_verified_at = NULL WHERE id = %(id)s", id=ada.id)
    body = support.call(handler, "GET", PATH, customer_id=ada.customer_id).body
    assert (len(body["records"]), body["purchases"]["orders"]) == (1, 0)


def test_nobody_elses_customer_is_there(brand: Brand, another_brand: Brand) -> None:
    ada = Person.member(brand)
    stranger = Person.staff(another_brand, Role.ADMIN)
    answer = stranger.call(handler, "GET", PATH, customer_id=ada.customer_id)
    assert (answer.status, answer.code) == (404, "customer_not_found")
    assert Person.staff(brand, Role.SUPPORT).call(handler, "GET", PATH, customer_id=uuid4()).status == 404
    assert ada.call(handler, "GET", PATH, customer_id=ada.customer_id).status == 403
