"""POST /v1/auth/logout."""

import pytest

from functions.identity.refresh_session import handler as refresh
from functions.identity.sign_out import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.accounts import customer_account, headers, session_of, staff_account
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer")


def sign_out(brand: Brand, token: str | None) -> Answer:
    return call(handler, "POST", "/v1/auth/logout", headers=headers(brand, token))


def test_after_signing_out_both_tokens_are_dead_at_once(brand: Brand) -> None:
    session = session_of(brand, staff_account(brand, Role.ADMIN))
    answer = sign_out(brand, session.access_token)
    assert (answer.status, answer.body) == (204, "")
    again = sign_out(brand, session.access_token)
    assert (again.status, again.code) == (401, "token_invalid")
    spent = call(
        refresh, "POST", "/v1/auth/refresh", {"refresh_token": session.refresh_token}, headers=headers(brand)
    )
    assert spent.status == 401


def test_other_sessions_go_on(brand: Brand) -> None:
    account = customer_account(brand)
    one, other = session_of(brand, account), session_of(brand, account)
    assert sign_out(brand, one.access_token).status == 204
    assert sign_out(brand, other.access_token).status == 204


def test_who_is_not_signed_in_cannot_sign_out(brand: Brand) -> None:
    answer = sign_out(brand, None)
    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_another_brand_does_not_know_the_session(brand: Brand, another_brand: Brand) -> None:
    session = session_of(brand, staff_account(brand, Role.ADMIN))
    assert sign_out(another_brand, session.access_token).status == 401
    assert sign_out(brand, session.access_token).status == 204
