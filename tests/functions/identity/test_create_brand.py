"""POST /v1/admin/brands."""

from typing import Any
from uuid import UUID

import pytest

from functions.identity.create_brand import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand, find_brand
from tests.gateway import Answer, Bus
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")


def create(platform: Person, **wish: Any) -> Answer:
    body = {"slug": "atelier", "name": "Atelier", "admin_email": "boss@atelier.example", **wish}
    return platform.call(handler, "POST", "/v1/admin/brands", body)


def test_a_brand_is_opened_and_its_first_administrator_invited(brand: Brand, bus: Bus) -> None:
    platform = Person.staff(brand, Role.ADMIN, platform=True)
    answer = create(platform, hosts=["atelier.example", "www.atelier.example"], currency="CHF", locale="en")
    assert answer.status == 201
    assert answer.body["hosts"] == ["atelier.example", "www.atelier.example"]
    made = find_brand("www.atelier.example", "")
    assert (made.id, made.slug, made.currency) == (UUID(answer.body["id"]), "atelier", "CHF")
    [invitation] = rows(made, "SELECT email, role FROM identity.invitations")
    assert tuple(invitation) == ("boss@atelier.example", "admin")
    [mail] = rows(made, "SELECT recipient, locale FROM notifications.mails")
    assert tuple(mail) == ("boss@atelier.example", "en")
    # What was told and audited there is the new brand's; here the log says who opened it.
    assert [row.action for row in rows(made, "SELECT action FROM platform.audit_logs")] == [
        "identity.create_brand"
    ]
    assert rows(brand, "SELECT id FROM identity.invitations") == []
    assert len(rows(brand, "SELECT sequence FROM platform.audit_logs")) == 1
    told = [detail for detail in bus.relay() if detail["type"] == "mail.queued"]
    assert [detail["brand_id"] for detail in told] == [str(made.id)]


def test_slugs_and_hosts_are_one_brands_each(brand: Brand) -> None:
    platform = Person.staff(brand, Role.ADMIN, platform=True)
    assert create(platform, slug="maison").code == "brand_exists"
    assert create(platform, hosts=["maison.example"]).code == "host_taken"
    assert create(platform).status == 201


@pytest.mark.parametrize(
    "wish",
    [
        {"slug": "UPPER"},
        {"slug": ""},
        {"hosts": ["localhost"]},
        {"hosts": ["Shop.example"]},
        {"hosts": ["shop.example:443"]},
        {"currency": "euro"},
        {"admin_email": "nobody"},
        {"store_url": "ftp://x.example"},
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    assert create(Person.staff(brand, Role.ADMIN, platform=True), **wish).status == 422


def test_a_brands_own_admin_may_not(brand: Brand) -> None:
    assert create(Person.staff(brand, Role.ADMIN)).status == 403
