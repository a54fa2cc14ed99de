"""GET /v1/admin/orders/{order_id}/invoice.pdf."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from functions.billing.on_invoice_issued import handler as on_invoice_issued
from functions.orders.get_order_invoice import handler
from functions.orders.on_invoice_due import handler as on_invoice_due
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import deliver
from tests.functions.orders.conftest import Desk
from tests.gateway import Answer, call
from tests.invoicing import Back, say_who_sells, words_in, xml_in
from tests.media import PRIVATE
from tests.people import Person, rows
from tests.till import Clock

PATH = "/v1/admin/orders/{order_id}/invoice.pdf"


def ask(by: Person, order_id: Any, **query: Any) -> Answer:
    return by.call(handler, "GET", PATH, order_id=order_id, query=query)


def fetched(back: Back, answer: Answer) -> bytes:
    assert answer.status == 302, answer.body
    key = urlsplit(answer.headers["location"]).path.lstrip("/").removeprefix(f"{PRIVATE}/")
    return back.store.content(key, PRIVATE)


@pytest.fixture
def support(brand: Brand, issuer: str) -> Person:
    return Person.staff(brand, Role.SUPPORT)


def test_staff_are_led_to_the_file(desk: Desk, back: Back, support: Person) -> None:
    bought = desk.paid()
    back.follow()
    answer = ask(support, bought.id)
    assert "X-Amz-Expires=3600" in answer.headers["location"]
    assert answer.headers["cache-control"] == "no-store"
    pdf = fetched(back, answer)
    number = bought.seen()["invoices"][0]["number"]
    assert number in words_in(pdf)
    assert number.encode() in xml_in(pdf)


def test_a_credit_note_is_had_by_its_number(desk: Desk, back: Back, support: Person) -> None:
    bought = desk.paid()
    bought.refund(lines=bought.line())
    back.follow()
    invoice, note = bought.seen()["invoices"]
    assert (invoice["kind"], note["kind"]) == ("invoice", "credit_note")
    words = words_in(fetched(back, ask(support, bought.id, number=note["number"])))
    assert note["number"] in words
    assert invoice["number"] in words
    assert ask(support, bought.id, number="INV-2026-999999").code == "invoice_not_found"


def test_reading_it_is_noted(desk: Desk, back: Back, support: Person) -> None:
    bought = desk.paid()
    back.follow()
    ask(support, bought.id)
    found = rows(
        desk.brand, "SELECT action FROM platform.audit_logs WHERE action = 'orders.get_order_invoice'"
    )
    assert len(found) == 1


def test_an_order_that_nobody_has_paid_has_none(desk: Desk, back: Back, support: Person) -> None:
    answer = ask(support, desk.unpaid().id)
    assert (answer.status, answer.code) == (409, "invoice_not_issued")


def test_what_the_seller_has_not_said_is_named(desk: Desk, back: Back, support: Person) -> None:
    say_who_sells(desk.brand, {"name": "Half a shop", "country": "FR"})
    bought = desk.paid()
    back.follow()
    answer = ask(support, bought.id)
    assert (answer.status, answer.code) == (409, "seller_details_missing")
    assert answer.body["missing"] == ["line1", "postcode", "city", "vat_number", "registration"]


def test_a_file_that_is_not_there_is_made_however_often_it_is_asked_for(
    desk: Desk, back: Back, at: Clock
) -> None:
    support = Person.staff(desk.brand, Role.SUPPORT)
    bought = desk.paid()
    deliver(desk.bus, on_invoice_due, "order.paid")
    assert ask(support, bought.id).status == 202
    # It is about to be made.
    assert desk.told("invoice_file.asked") == []
    at.move(minutes=2)
    assert ask(support, bought.id).status == 202
    answer = ask(support, bought.id)
    assert (answer.status, answer.body["status"]) == (202, "being_made")
    assert answer.headers["retry-after"] == "2"
    assert len(desk.told("invoice_file.asked")) == 1
    deliver(desk.bus, on_invoice_issued, "invoice_file.asked")
    assert ask(support, bought.id).status == 302


def test_who_is_no_staff_learns_nothing(
    desk: Desk, back: Back, another_brand: Brand, support: Person
) -> None:
    bought = desk.paid()
    back.follow()
    assert ask(Person.member(desk.brand), bought.id).status == 403
    path = PATH.format(order_id=bought.id)
    params = {"order_id": bought.id}
    assert call(handler, "GET", path, headers={"x-brand": desk.brand.slug}, path_params=params).status == 401
    assert ask(Person.staff(another_brand, Role.ADMIN), bought.id).code == "order_not_found"
    assert ask(support, uuid4()).code == "order_not_found"
