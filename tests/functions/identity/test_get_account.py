"""GET /v1/me."""

from uuid import uuid4

import pytest

from functions.identity.get_account import handler
from shared.identity.accounts import create_partner_user
from shared.identity.credentials import Account
from shared.identity.partners import PartnerRole
from shared.identity.permissions import Role, permissions_of
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import PASSWORD, headers, session_of
from tests.gateway import call
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_customer_sees_who_they_are_and_what_they_may(brand: Brand) -> None:
    ada = Person.member(brand)
    answer = ada.call(handler, "GET", "/v1/me")
    assert answer.status == 200
    told = answer.body
    assert (told["id"], told["email"], told["email_verified"]) == (str(ada.id), ada.account.email, True)
    assert (told["first_name"], told["last_name"], told["roles"]) == ("Ada", "Byron", ["member"])
    assert told["customer_id"] == str(ada.customer_id)
    assert (told["level"], told["level_until"], told["marketing_opt_in"]) == ("explorateur", None, False)
    assert told["entitlements"] == {
        "level": "explorateur",
        "kyc_level": None,
        "can_pay": True,
        "permissions": [],
    }
    assert told["preferences"]["currency"] == "EUR"
    assert (answer.headers["etag"], answer.headers["cache-control"]) == ('"1"', "no-store")
    assert "password" not in str(told)


def test_staff_have_no_buyers_record_and_see_their_permissions(brand: Brand) -> None:
    told = Person.staff(brand, Role.MANAGER).call(handler, "GET", "/v1/me").body
    assert (told["roles"], told["customer_id"], told["first_name"]) == (["manager"], None, "")
    assert told["entitlements"]["permissions"] == sorted(permissions_of(Role.MANAGER))


def test_a_partner_s_people_see_what_they_are_for_it(brand: Brand) -> None:
    with begin(brand, "test") as work:
        email = "paola@partner.example"
        owner = create_partner_user(work, email, PASSWORD, uuid4(), PartnerRole.OWNER, "Paola Marchetti")
    token = session_of(brand, Account(owner, email, Role.MEMBER, PartnerRole.OWNER)).access_token
    told = call(handler, "GET", "/v1/me", headers=headers(brand, token)).body
    assert (told["roles"], told["name"]) == (["member", "partner_owner"], "Paola Marchetti")


def test_without_a_token_there_is_no_account(brand: Brand) -> None:
    assert call(handler, "GET", "/v1/me", headers={"x-brand": brand.slug}).status == 401


def test_another_brands_token_is_nobodys(brand: Brand, another_brand: Brand) -> None:
    ada = Person.member(brand)
    sent = {"x-brand": another_brand.slug, "authorization": f"Bearer {ada.token}"}
    assert call(handler, "GET", "/v1/me", headers=sent).status == 401
