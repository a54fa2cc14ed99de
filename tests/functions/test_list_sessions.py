"""GET /v1/me/sessions."""

import pytest

from functions.identity.list_sessions import handler
from functions.identity.sign_out import handler as sign_out
from shared.identity.sessions import REFRESH_LIFETIME
from shared.platform.brands import Brand
from tests.accounts import customer_account, headers, session_of
from tests.gateway import Answer, call
from tests.ways_in import StandingClock, log_in

pytestmark = pytest.mark.usefixtures("issuer")


def look(brand: Brand, token: str, **query: int) -> Answer:
    return call(handler, "GET", "/v1/me/sessions", headers=headers(brand, token), query=query)


def test_somebody_sees_their_devices_the_latest_first(brand: Brand, standing: StandingClock) -> None:
    account = customer_account(brand)
    log_in(brand, account.email, device_name="Laptop")
    standing.later(seconds=60)
    token = log_in(brand, account.email, device_name="Phone", ip="2001:db8::7").body["access_token"]
    session_of(brand, customer_account(brand))
    answer = look(brand, token)
    assert answer.status == 200
    assert [(one["device_name"], one["current"]) for one in answer.body["data"]] == [
        ("Phone", True),
        ("Laptop", False),
    ]
    phone = answer.body["data"][0]
    assert (phone["ip"], phone["authenticated_by"], phone["second_factor"]) == (
        "2001:db8::7",
        "password",
        False,
    )
    assert answer.body["pagination"] == {"page": 1, "limit": 20, "total": 2, "pages": 1}
    assert answer.headers["cache-control"] == "no-store"


def test_sessions_that_are_over_are_not_shown(brand: Brand, standing: StandingClock) -> None:
    account = customer_account(brand)
    session_of(brand, account)
    standing.later(seconds=REFRESH_LIFETIME.total_seconds())
    ended = session_of(brand, account)
    call(sign_out, "POST", "/v1/auth/logout", headers=headers(brand, ended.access_token))
    assert look(brand, session_of(brand, account).access_token).body["pagination"]["total"] == 1


def test_they_come_in_pages(brand: Brand) -> None:
    account = customer_account(brand)
    token = [session_of(brand, account).access_token for _ in range(3)][-1]
    page = look(brand, token, page=2, limit=2)
    assert len(page.body["data"]) == 1
    assert page.body["pagination"] == {"page": 2, "limit": 2, "total": 3, "pages": 2}
    assert look(brand, token, limit=101).status == 422


def test_another_brand_does_not_know_the_session(brand: Brand, another_brand: Brand) -> None:
    token = session_of(brand, customer_account(brand)).access_token
    assert look(another_brand, token).status == 401
    assert call(handler, "GET", "/v1/me/sessions", headers=headers(brand)).status == 401
