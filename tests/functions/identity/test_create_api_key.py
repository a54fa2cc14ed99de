"""POST /v1/admin/api-keys, and what a machine may do with its key."""

from datetime import timedelta
from typing import Any

import pytest

from functions.catalog.list_products import handler as list_products
from functions.identity.create_api_key import handler
from functions.identity.get_account import handler as get_account
from functions.identity.list_api_keys import handler as list_api_keys
from functions.identity.list_customers import handler as list_customers
from functions.identity.set_customer_tags import handler as set_tags
from functions.orders.list_orders import handler as list_orders
from shared.identity.permissions import PEOPLE_ONLY, Role
from shared.platform import api_keys, aws, limits, settings
from shared.platform.brands import Brand
from tests.gateway import Answer, call
from tests.people import Person, rows
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/api-keys"


@pytest.fixture(autouse=True)
def _no_warm_keys() -> None:
    api_keys.forget()


def create(brand: Brand, *scopes: str, role: Role = Role.ADMIN, **wish: Any) -> Answer:
    body = {"name": "ERP", "scopes": list(scopes), **wish}
    return Person.staff(brand, role).call(handler, "POST", PATH, body)


def key_of(brand: Brand, *scopes: str) -> str:
    return str(create(brand, *scopes).body["key"])


def by(brand: Brand, key: str, **more: str) -> dict[str, str]:
    return {"x-brand": brand.slug, "x-api-key": key, **more}


def test_a_key_is_shown_once_and_kept_as_a_hash(brand: Brand) -> None:
    answer = create(brand, "orders:read")
    assert answer.status == 201
    key = answer.body["key"]
    assert key.startswith("ck_")
    assert len(key) > 40
    kept = rows(brand, "SELECT k::text AS kept FROM platform.api_keys k")[0].kept
    assert key not in kept
    assert key not in str(
        rows(
            brand,
            "SELECT l::text AS log, p::text AS beside FROM platform.audit_logs l, platform.audit_personal p",
        )
    )
    assert rows(brand, "SELECT * FROM platform.idempotency_keys") == []


def test_a_machine_may_what_its_scopes_say_and_no_more(brand: Brand) -> None:
    key = key_of(brand, "orders:read")
    assert call(list_orders, "GET", "/v1/admin/orders", headers=by(brand, key)).status == 200
    bearer = {"x-brand": brand.slug, "authorization": f"Bearer {key}"}
    assert call(list_orders, "GET", "/v1/admin/orders", headers=bearer).status == 200
    refused = call(list_customers, "GET", "/v1/admin/customers", headers=by(brand, key))
    assert (refused.status, refused.code) == (403, "not_allowed")
    assert call(list_api_keys, "GET", PATH, headers=by(brand, key)).status == 403
    assert call(get_account, "GET", "/v1/me", headers=by(brand, key)).status == 401


def test_what_a_machine_changes_is_written_under_its_name(brand: Brand) -> None:
    ada = Person.member(brand)
    made = create(brand, "customers:annotate").body
    answer = call(
        set_tags,
        "PUT",
        f"/v1/admin/customers/{ada.customer_id}/tags",
        {"tags": ["vip"]},
        headers=by(brand, made["key"]),
        path_params={"customer_id": str(ada.customer_id)},
    )
    assert answer.status == 200
    entry = rows(brand, "SELECT actor_id, role FROM platform.audit_logs ORDER BY sequence")[-1]
    assert (str(entry.actor_id), entry.role) == (made["id"], "api_key")
    assert rows(brand, "SELECT last_used_at FROM platform.api_keys")[0].last_used_at is not None


def test_a_key_dies_with_its_time_with_its_brand_and_with_one_character(
    brand: Brand, another_brand: Brand, at: Clock
) -> None:
    key = key_of(brand, "orders:read")

    def status(where: Brand, text: str) -> int:
        return call(list_orders, "GET", "/v1/admin/orders", headers=by(where, text)).status

    assert status(brand, key) == 200
    assert status(another_brand, key) == 401
    for wrong in (key[:-1] + ("A" if key[-1] != "A" else "B"), "ck_", "x", key + "A", "ck_" + "x" * 5000):
        assert status(brand, wrong) == 401
    at.move(days=366)
    assert status(brand, key) == 401


def test_a_signed_in_person_is_asked_before_the_server_that_speaks_for_them(brand: Brand) -> None:
    key, support = key_of(brand, "orders:read"), Person.staff(brand, Role.SUPPORT)
    sent = by(brand, key, authorization=f"Bearer {support.token}")
    assert call(list_customers, "GET", "/v1/admin/customers", headers=sent).status == 200
    member = by(brand, key, authorization=f"Bearer {Person.member(brand).token}")
    assert call(list_orders, "GET", "/v1/admin/orders", headers=member).status == 403


@pytest.mark.parametrize("scope", sorted(PEOPLE_ONLY))
def test_what_only_people_may_no_key_is_given(brand: Brand, scope: str) -> None:
    answer = create(brand, scope)
    assert (answer.status, answer.code) == (422, "scope_unknown")


def test_nobody_gives_more_than_they_have_or_what_is_not_there(brand: Brand) -> None:
    assert create(brand, "orders:teleport").code == "scope_unknown"
    assert create(brand, "orders:read", role=Role.MANAGER).status == 403


def test_a_key_lives_two_years_at_most(brand: Brand, at: Clock) -> None:
    for ahead in (timedelta(days=-1), timedelta(days=731)):
        answer = create(brand, "orders:read", expires_at=(at.time + ahead).isoformat())
        assert (answer.status, answer.code) == (422, "key_lifetime")
    wished = (at.time + timedelta(days=30)).isoformat()
    assert create(brand, "orders:read", expires_at=wished).body["expires_at"][:10] == wished[:10]


@pytest.mark.parametrize("wish", [{"scopes": []}, {"name": ""}, {"name": None}, {"created_by": "x"}])
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    assert create(brand, "orders:read", **wish).status == 422


class Seen:
    """The limiter's table, and which clients it counted."""

    def __init__(self) -> None:
        self.clients: list[str] = []

    def call(self, service: str, operation: str, body: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
        self.clients.append(body["Key"]["client"]["S"])
        return {"Attributes": {"spent": {"N": "1"}}}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    table = Seen()
    monkeypatch.setenv("LIMITS_TABLE", "limits")
    monkeypatch.setattr(aws, "call", table.call)
    settings.forget()
    return table


def browse(brand: Brand, seen: Seen, **headers: str) -> set[str]:
    """The addresses under which three requests for the product list were counted."""
    seen.clients.clear()
    limits.forget()
    for _ in range(3):
        sent = {"x-brand": brand.slug, **headers}
        assert (
            call(list_products, "GET", "/v1/store/products", headers=sent, source_ip="192.0.2.9").status
            == 200
        )
    return {client.split("|")[2] for client in seen.clients if "anonymous.read" in client}


def test_a_trusted_front_end_server_forwards_its_visitors_address(brand: Brand, seen: Seen) -> None:
    key = key_of(brand, "visitors:forward")
    visitor = {"x-api-key": key, "x-visitor-address": "203.0.113.7"}
    assert browse(brand, seen, **visitor) == {"203.0.113.7"}
    assert browse(brand, seen, **visitor | {"x-visitor-address": "2001:DB8::1"}) == {"2001:db8::/64"}
    assert browse(brand, seen, **visitor | {"x-visitor-address": "nonsense"}) == {"192.0.2.9"}
    assert rows(brand, "SELECT last_used_at FROM platform.api_keys")[0].last_used_at is not None


def test_nobody_elses_word_counts(brand: Brand, seen: Seen) -> None:
    forged = {"x-visitor-address": "203.0.113.7", "x-forwarded-for": "203.0.113.7"}
    assert browse(brand, seen, **forged) == {"192.0.2.9"}
    key = key_of(brand, "orders:read")
    assert browse(brand, seen, **forged | {"x-api-key": key}) == {"192.0.2.9"}


def test_a_server_with_a_dead_key_hears_of_it(brand: Brand) -> None:
    sent = {"x-brand": brand.slug, "x-api-key": "ck_dead", "x-visitor-address": "203.0.113.7"}
    answer = call(list_products, "GET", "/v1/store/products", headers=sent)
    assert (answer.status, answer.code) == (401, "api_key_invalid")
