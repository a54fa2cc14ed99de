"""POST /v1/admin/customers/{customer_id}/notes."""

from uuid import uuid4

import pytest

from functions.identity.add_customer_note import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/customers/{customer_id}/notes"


def test_a_note_names_its_author(brand: Brand) -> None:
    ada, support = Person.member(brand), Person.staff(brand, Role.SUPPORT)
    answer = support.call(
        handler, "POST", PATH, {"body": "Called about her parcel"}, customer_id=ada.customer_id
    )
    assert answer.status == 201
    assert (answer.body["author_id"], answer.body["author"], answer.body["body"]) == (
        str(support.id),
        support.account.email,
        "Called about her parcel",
    )
    [entry] = rows(brand, "SELECT action, changes FROM platform.audit_logs")
    assert (entry.action, entry.changes) == ("identity.add_customer_note", {})


@pytest.mark.parametrize("body", ["", "   ", "x" * 5001, None])
def test_a_note_says_something(brand: Brand, body: str | None) -> None:
    ada, support = Person.member(brand), Person.staff(brand, Role.SUPPORT)
    assert support.call(handler, "POST", PATH, {"body": body}, customer_id=ada.customer_id).status == 422


def test_it_is_about_a_customer_of_the_brand(brand: Brand, another_brand: Brand) -> None:
    support, stranger = Person.staff(brand, Role.SUPPORT), Person.member(another_brand)
    for customer_id in (stranger.customer_id, uuid4()):
        assert support.call(handler, "POST", PATH, {"body": "x"}, customer_id=customer_id).status == 404
    ada = Person.member(brand)
    assert ada.call(handler, "POST", PATH, {"body": "x"}, customer_id=ada.customer_id).status == 403
