"""DELETE /v1/admin/api-keys/{api_key_id}."""

import pytest

from functions.identity.create_api_key import handler as create_api_key
from functions.identity.revoke_api_key import handler
from functions.orders.list_orders import handler as list_orders
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import call
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/api-keys"


def test_a_revoked_key_is_dead_at_once(brand: Brand, another_brand: Brand) -> None:
    boss = Person.staff(brand, Role.ADMIN)
    made = boss.call(create_api_key, "POST", PATH, {"name": "ERP", "scopes": ["orders:read"]}).body
    sent = {"x-brand": brand.slug, "x-api-key": made["key"]}
    assert call(list_orders, "GET", "/v1/admin/orders", headers=sent).status == 200

    def revoke(person: Person) -> int:
        return person.call(handler, "DELETE", PATH + "/{api_key_id}", api_key_id=made["id"]).status

    assert revoke(Person.staff(another_brand, Role.ADMIN)) == 404
    assert revoke(Person.staff(brand, Role.MANAGER)) == 403
    assert revoke(boss) == 204
    # Also where this warm function knew it.
    assert call(list_orders, "GET", "/v1/admin/orders", headers=sent).status == 401
    assert revoke(boss) == 404
