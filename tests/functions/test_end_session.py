"""DELETE /v1/me/sessions/{session_id}."""

from uuid import uuid4

import pytest

from functions.identity.end_session import handler
from functions.identity.list_sessions import handler as list_sessions
from functions.identity.refresh_session import handler as refresh
from shared.platform.brands import Brand
from tests.accounts import customer_account, headers, session_of
from tests.gateway import Answer, call
from tests.ways_in import is_alive, post

pytestmark = pytest.mark.usefixtures("issuer")


def end(brand: Brand, token: str, session_id: object) -> Answer:
    return call(
        handler,
        "DELETE",
        f"/v1/me/sessions/{session_id}",
        headers=headers(brand, token),
        path_params={"session_id": str(session_id)},
    )


def id_of(brand: Brand, token: str) -> str:
    data = call(list_sessions, "GET", "/v1/me/sessions", headers=headers(brand, token)).body["data"]
    return str(next(one["id"] for one in data if one["current"]))


def test_a_device_is_signed_out_at_once(brand: Brand) -> None:
    account = customer_account(brand)
    here, there = session_of(brand, account), session_of(brand, account)
    assert end(brand, here.access_token, id_of(brand, there.access_token)).status == 204
    assert not is_alive(brand, there.access_token)
    spent = post(refresh, "/v1/auth/refresh", brand, {"refresh_token": there.refresh_token})
    assert spent.status == 401
    assert is_alive(brand, here.access_token)


def test_one_s_own_session_can_be_ended_too(brand: Brand) -> None:
    token = session_of(brand, customer_account(brand)).access_token
    assert end(brand, token, id_of(brand, token)).status == 204
    assert not is_alive(brand, token)


def test_what_is_not_one_s_own_is_not_there(brand: Brand, another_brand: Brand) -> None:
    account = customer_account(brand)
    token = session_of(brand, account).access_token
    foreign = session_of(brand, customer_account(brand)).access_token
    elsewhere = session_of(another_brand, customer_account(another_brand)).access_token
    for session_id in (id_of(brand, foreign), id_of(another_brand, elsewhere), uuid4(), "x"):
        assert end(brand, token, session_id).status == 404
    assert is_alive(brand, foreign)
    assert is_alive(another_brand, elsewhere)


def test_what_is_over_is_not_there(brand: Brand) -> None:
    account = customer_account(brand)
    here, there = session_of(brand, account).access_token, session_of(brand, account).access_token
    session_id = id_of(brand, there)
    assert [end(brand, here, session_id).status for _ in range(2)] == [204, 404]


def test_another_brand_does_not_know_the_session(brand: Brand, another_brand: Brand) -> None:
    token = session_of(brand, customer_account(brand)).access_token
    assert end(another_brand, token, id_of(brand, token)).status == 401
