"""POST /v1/partner/auth/login."""

from uuid import uuid4

import pytest

from functions.identity.refresh_session import handler as refresh
from functions.identity.sign_in_partner import handler
from shared.identity.accounts import create_partner_user
from shared.identity.partners import PartnerRole
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import PASSWORD, customer_account, staff_account
from tests.gateway import Answer
from tests.ways_in import log_in, post, without_id

pytestmark = pytest.mark.usefixtures("issuer")


def sign_in(brand: Brand, email: str, password: str = PASSWORD) -> Answer:
    return post(handler, "/v1/partner/auth/login", brand, {"email": email, "password": password})


def partner_user(brand: Brand, role: PartnerRole) -> str:
    email = f"{uuid4().hex[:8]}@partner.example"
    with begin(brand, "test") as work:
        create_partner_user(work, email, PASSWORD, uuid4(), role, "Paola")
    return email


@pytest.mark.parametrize("role", list(PartnerRole))
def test_partner_users_sign_in_as_what_they_are(brand: Brand, role: PartnerRole) -> None:
    email = partner_user(brand, role)
    answer = sign_in(brand, email)
    assert answer.status == 200
    assert answer.body["user"]["roles"] == ["member", role.value]
    renewed = post(refresh, "/v1/auth/refresh", brand, {"refresh_token": answer.body["refresh_token"]})
    assert renewed.body["user"]["roles"] == ["member", role.value]


def test_it_is_written_down(brand: Brand) -> None:
    email = partner_user(brand, PartnerRole.OWNER)
    sign_in(brand, email)
    sign_in(brand, email, "a wrong password")
    with begin(brand, "test") as work:
        entries = work.all("SELECT action, actor_type, role FROM platform.audit_logs ORDER BY sequence")
    assert [tuple(entry) for entry in entries] == [
        ("identity.sign_in_partner", "partner", "partner_owner"),
        ("identity.sign_in_partner_refused", "anonymous", None),
    ]


def test_everybody_else_is_refused_alike(brand: Brand, another_brand: Brand) -> None:
    email = partner_user(brand, PartnerRole.STAFF)
    attempts = [
        sign_in(brand, email, "a wrong password"),
        sign_in(brand, "nobody@partner.example"),
        sign_in(brand, customer_account(brand).email),
        sign_in(brand, staff_account(brand, Role.ADMIN).email),
        sign_in(another_brand, email),
    ]
    assert {attempt.status for attempt in attempts} == {401}
    assert {str(without_id(attempt)) for attempt in attempts} == {str(without_id(attempts[0]))}


def test_the_shop_s_door_is_theirs_too(brand: Brand) -> None:
    assert log_in(brand, partner_user(brand, PartnerRole.OWNER)).status == 200
