"""POST /v1/me/mfa."""

from urllib.parse import parse_qs, urlsplit

import pytest

from functions.identity.enrol_mfa import handler
from shared.identity.permissions import Role
from shared.identity.recency import RECENT
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, headers, session_of, signed_in
from tests.gateway import Answer, call
from tests.ways_in import StandingClock, as_member, enrolled, log_in

pytestmark = pytest.mark.usefixtures("issuer")


def enrol(sent: dict[str, str]) -> Answer:
    return call(handler, "POST", "/v1/me/mfa", headers=sent)


def test_an_app_is_given_what_it_needs(brand: Brand) -> None:
    account = customer_account(brand)
    answer = enrol(as_member(brand, account))
    assert answer.status == 201
    address = urlsplit(answer.body["otpauth_uri"])
    told = parse_qs(address.query)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert told["secret"] == [answer.body["secret"]]
    assert told["issuer"] == ["Maison"]
    assert len(answer.body["secret"]) == 32


def test_nothing_is_asked_for_until_it_is_confirmed(brand: Brand) -> None:
    account = customer_account(brand)
    enrol(as_member(brand, account))
    assert "access_token" in log_in(brand, account.email).body


def test_the_secret_lies_sealed(brand: Brand) -> None:
    secret = enrol(signed_in(brand, Role.MEMBER)).body["secret"]
    with begin(brand, "test") as work:
        stored = work.value("SELECT sealed_secret FROM identity.mfa_factors")
    assert stored.startswith("s1.")
    assert secret not in stored


def test_whoever_begins_again_has_a_new_secret(brand: Brand) -> None:
    sent = signed_in(brand, Role.MEMBER)
    assert enrol(sent).body["secret"] != enrol(sent).body["secret"]


def test_a_factor_that_is_on_is_not_replaced(brand: Brand) -> None:
    account = customer_account(brand)
    enrolled(brand, account)
    answer = enrol(as_member(brand, account))
    assert (answer.status, answer.code) == (409, "mfa_already_enabled")


def test_a_session_of_ten_minutes_ago_may_not(brand: Brand, standing: StandingClock) -> None:
    sent = as_member(brand, customer_account(brand))
    standing.later(seconds=RECENT.total_seconds())
    answer = enrol(sent)
    assert (answer.status, answer.code) == (403, "recent_sign_in_required")


def test_another_brand_does_not_know_the_session(brand: Brand, another_brand: Brand) -> None:
    token = session_of(brand, customer_account(brand)).access_token
    assert enrol(headers(another_brand, token)).status == 401
    assert enrol(headers(brand)).status == 401
