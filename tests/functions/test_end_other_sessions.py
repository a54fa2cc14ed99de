"""DELETE /v1/me/sessions."""

import pytest

from functions.identity.end_other_sessions import handler
from shared.platform.brands import Brand
from tests.accounts import customer_account, headers, session_of
from tests.gateway import Answer, call
from tests.ways_in import is_alive

pytestmark = pytest.mark.usefixtures("issuer")


def end_others(brand: Brand, token: str | None) -> Answer:
    return call(handler, "DELETE", "/v1/me/sessions", headers=headers(brand, token))


def test_everywhere_else_is_signed_out(brand: Brand) -> None:
    account, somebody = customer_account(brand), customer_account(brand)
    tokens = [session_of(brand, account).access_token for _ in range(3)]
    foreign = session_of(brand, somebody).access_token
    answer = end_others(brand, tokens[1])
    assert (answer.status, answer.body) == (204, "")
    assert [is_alive(brand, token) for token in (*tokens, foreign)] == [False, True, False, True]
    assert end_others(brand, tokens[1]).status == 204


def test_another_brand_does_not_know_the_session(brand: Brand, another_brand: Brand) -> None:
    token = session_of(brand, customer_account(brand)).access_token
    assert end_others(another_brand, token).status == 401
    assert end_others(brand, None).status == 401
