"""PATCH /v1/admin/customers/{customer_id}."""

from typing import Any

import pytest

from functions.identity.change_customer import handler
from shared.identity.accounts import guest_customer
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Answer
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/customers/{customer_id}"


def guest(brand: Brand, email: str = "zoe@example.com") -> Any:
    with begin(brand, "test") as work:
        return guest_customer(work, email, "Zoe", "Lefevre")


def change(person: Person, id: Any, more: dict[str, str] | None = None, /, **wish: Any) -> Answer:
    return person.call(handler, "PATCH", PATH, wish, customer_id=id, more=more)


def test_staff_mend_a_record_and_the_log_says_what(brand: Brand) -> None:
    boss, zoe = Person.staff(brand, Role.MANAGER), guest(brand)
    answer = change(boss, zoe, first_name="Zoé", email="zoe@example.org", marketing_opt_in=True)
    assert (answer.status, answer.headers["etag"]) == (200, '"2"')
    assert (answer.body["first_name"], answer.body["email"], answer.body["marketing_opt_in"]) == (
        "Zoé",
        "zoe@example.org",
        True,
    )
    [entry] = rows(
        brand,
        "SELECT l.resource_id, p.data FROM platform.audit_logs l JOIN platform.audit_personal p USING (brand_id, sequence)",
    )
    assert entry.resource_id == str(zoe)
    assert entry.data["changes"]["first_name"] == {"before": "Zoe", "after": "Zoé"}
    assert [row.source for row in rows(brand, "SELECT source FROM identity.marketing_consents")] == ["staff"]


def test_a_change_for_an_older_version_is_stopped(brand: Brand) -> None:
    boss, zoe = Person.staff(brand, Role.MANAGER), guest(brand)
    assert change(boss, zoe, {"if-match": '"1"'}, phone="+32 470 12 34 56").status == 200
    assert change(boss, zoe, {"if-match": '"1"'}, phone=None).code == "version_stale"


def test_an_accounts_address_is_its_owners_and_a_guests_is_one_of_a_kind(brand: Brand) -> None:
    boss, ada = Person.staff(brand, Role.MANAGER), Person.member(brand)
    assert change(boss, ada.customer_id, email="other@example.com").code == "account_email"
    guest(brand, "taken@example.com")
    assert change(boss, guest(brand), email="TAKEN@example.com").code == "customer_email_taken"


@pytest.mark.parametrize(
    "wish",
    [
        {"level": "ambassadeur"},
        {"user_id": None},
        {"tags": ["x"]},
        {"email": "not an address"},
        {"email": "a@b.example\r\nBcc: c@d.example"},
        {"email": None},
        {"locale": "French"},
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    assert change(Person.staff(brand, Role.MANAGER), guest(brand), **wish).status == 422


def test_support_and_other_brands_may_not(brand: Brand, another_brand: Brand) -> None:
    zoe = guest(brand)
    assert change(Person.staff(brand, Role.SUPPORT), zoe, first_name="X").status == 403
    assert change(Person.staff(another_brand, Role.ADMIN), zoe, first_name="X").status == 404
