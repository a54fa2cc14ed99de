"""PATCH /v1/admin/settings."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import shared.pricing
from functions.identity.change_settings import handler
from functions.identity.get_kyc import handler as get_kyc
from shared.identity import google
from shared.identity.permissions import Role
from shared.platform.brands import Brand, find_brand
from shared.platform.work import begin
from shared.pricing.shipping import options
from tests.gateway import Answer, Bus
from tests.people import Person, rows
from tests.ways_in import register

pytestmark = pytest.mark.usefixtures("issuer")
HOUSE = json.loads((Path(shared.pricing.__file__).parent / "data" / "shipping.json").read_text())


def change(brand: Brand, role: Role = Role.ADMIN, more: dict[str, str] | None = None, **wish: Any) -> Answer:
    return Person.staff(brand, role).call(handler, "PATCH", "/v1/admin/settings", wish, more=more)


def test_sections_change_one_by_one_and_work(brand: Brand, bus: Bus) -> None:
    assert change(brand, kyc={"light": 50_00, "complete": None}).body["kyc"] == {
        "light": 50_00,
        "complete": None,
    }
    told = change(brand, name="Maison Neuve", currencies=["CHF"], limits={"anonymous.read": 500}).body
    assert (told["name"], told["currencies"], told["limits"]["anonymous.read"]) == (
        "Maison Neuve",
        ["CHF"],
        500,
    )
    assert (told["kyc"]["light"], told["version"]) == (50_00, 3)
    thresholds = (
        Person.member(find_brand("", brand.slug)).call(get_kyc, "GET", "/v1/me/kyc").body["thresholds"]
    )
    assert [(each["level"], each["invested"]["amount"]) for each in thresholds] == [("light", 50_00)]
    bus.relay()
    assert [event["data"]["names"] for event in bus.of("brand_settings.changed")] == [
        ["kyc"],
        ["currencies", "limits", "name"],
    ]


def test_a_brand_chooses_which_ways_to_pay_it_offers(brand: Brand) -> None:
    assert change(brand, gateways=["stripe"]).body["gateways"] == ["stripe"]
    assert change(brand, gateways=None).body["gateways"] == ["paypal", "stripe"]
    for wrong in ([], ["cash"], "stripe"):
        assert change(brand, gateways=wrong).code == "validation_failed"


def test_who_registers_accepts_the_terms_of_today(brand: Brand) -> None:
    assert change(brand, terms_version="2026-11").body["terms_version"] == "2026-11"
    assert register(brand, "lea@example.com").status == 201
    assert change(brand, terms_version=None).body["terms_version"] == "1"
    [user] = rows(brand, "SELECT terms_version FROM identity.users WHERE email = 'lea@example.com'")
    assert user.terms_version == "2026-11"


def test_a_client_of_google_is_taken_with_its_secret_and_shown_without(brand: Brand) -> None:
    told = change(brand, google={"client_id": "maison.apps.example", "client_secret": "g-secret"}).body
    assert told["google"] == {"client_id": "maison.apps.example"}
    kept = rows(brand, "SELECT settings FROM platform.brands")[0].settings
    assert "g-secret" not in str(kept)
    assert google.client_of(find_brand("", brand.slug)).secret == "g-secret"
    assert change(brand, google=None).body["google"] is None


def test_null_goes_back_to_the_house(brand: Brand) -> None:
    change(brand, kyc={"light": 50_00, "complete": None}, mail={"accent": "#123456"})
    told = change(brand, kyc=None, mail=None).body
    assert (told["kyc"]["light"], told["mail"]["accent"]) == (100_00, None)


def test_what_others_keep_among_the_settings_stays(brand: Brand) -> None:
    with begin(brand, "test") as work:
        work.run(
            "UPDATE platform.brands SET settings = '{\"demo_parts\": [1]}' WHERE id = platform.current_brand()"
        )
    change(brand, staff_mfa_required=False, allowed_origins=["https://shop.example:8443"])
    assert rows(brand, "SELECT settings FROM platform.brands")[0].settings == {
        "demo_parts": [1],
        "staff_mfa_required": False,
        "allowed_origins": ["https://shop.example:8443"],
    }


def test_the_houses_own_tariff_can_be_given(brand: Brand) -> None:
    assert change(brand, shipping={"tariffs": HOUSE["tariffs"]}).status == 200
    [kept] = rows(brand, "SELECT settings FROM platform.brands")
    found = options(kept.settings, "FR", "75001", 500, date(2026, 11, 20))
    assert [option.id for option in found] == [
        option.id for option in options({}, "FR", "75001", 500, date(2026, 11, 20))
    ]


def test_a_change_for_an_older_version_is_stopped_and_the_log_says_what_changed(brand: Brand) -> None:
    assert change(brand, more={"if-match": '"1"'}, locale="en").status == 200
    assert change(brand, more={"if-match": '"1"'}, locale="fr").code == "version_stale"
    [entry] = rows(brand, "SELECT changes, resource_id FROM platform.audit_logs")
    assert entry.changes["locale"] == {"before": "fr", "after": "en"}
    assert entry.resource_id == str(brand.id)


@pytest.mark.parametrize(
    "wish",
    [
        {"slug": "other"},
        {"hosts": ["evil.example"]},
        {"currency": "USD"},
        {"demo_parts": []},
        {"store_url": "javascript:alert(1)"},
        {"allowed_origins": ["*"]},
        {"allowed_origins": ["https://shop.example/path"]},
        {"limits": {"anonymous.fly": 5}},
        {"limits": {"anonymous.read": 0}},
        {"mail": {"accent": "red"}},
        {"mail": {"contact": "not an address"}},
        {"kyc": {"light": 500_00, "complete": 100_00}},
        {"kyc": {"light": 10.5}},
        {"levels": {"protecteur": {"investments": 0}}},
        {"tax": {"home_country": "France"}},
        {"timezone": "Mars/Base"},
        {"name": None},
        {"shipping": {"tariffs": []}},
        {"shipping": {"tariffs": [HOUSE["tariffs"][0] | {"zones": {"moon": {"countries": ["FR"]}}}]}},
        {"shipping": {"tariffs": [HOUSE["tariffs"][0] | {"effective_from": "soon"}]}},
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    assert change(brand, **wish).status == 422
    assert rows(brand, "SELECT version FROM platform.brands")[0].version == 1


def test_only_admins_of_the_brand_may(brand: Brand, another_brand: Brand) -> None:
    assert change(brand, Role.MANAGER, name="X").status == 403
    change(another_brand, name="Elsewhere")
    assert rows(brand, "SELECT name FROM platform.brands")[0].name == "Maison"
