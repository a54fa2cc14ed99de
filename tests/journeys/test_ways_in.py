"""Every way in, end to end over HTTP: registered, verified, refreshed, locked out, helped back in, and out again."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import jwt
import pytest
from pyotp import TOTP

from local.demo.brands import PARTNER_OWNER, PASSWORD
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff
from tests.journeys.visitor import Visitor

NEW = "another passphrase of mine"


@pytest.fixture
def ada(unlimited: LocalRun) -> Visitor:
    """Somebody new."""
    return Visitor(unlimited)


def test_register_verify_sign_in_refresh_sign_out(ada: Visitor) -> None:
    registered = ada.register().json()
    assert registered["user"]["email_verified"] is False
    assert ada.is_in()
    mail = ada.token("email_verification")
    assert ada.post("/v1/auth/verify-email", token=mail).json()["email_verified"] is True
    signed_in = ada.log_in().json()
    assert signed_in["user"] == {"id": registered["user"]["id"], "email": ada.email, "roles": ["member"]}
    renewed = ada.post("/v1/auth/refresh", refresh_token=signed_in["refresh_token"]).json()
    ada.session = renewed
    assert ada.is_in()
    assert ada.post("/v1/auth/logout").status_code == 204
    assert not ada.is_in()
    assert ada.post("/v1/auth/refresh", refresh_token=renewed["refresh_token"]).status_code == 401


def test_who_has_not_verified_their_address_fills_a_cart_and_does_not_pay(ada: Visitor) -> None:
    ada.register()
    shopper = Shopper(ada.run, email=ada.email).filled()
    body, key = shopper.wish(), {"Idempotency-Key": str(uuid.uuid4())}
    headers = shopper.headers() | ada.headers | key
    refused = ada.run.http.post("/v1/store/checkout", json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "email_not_verified")
    ada.post("/v1/auth/verify-email", token=ada.token("email_verification"))
    answer = ada.run.http.post("/v1/store/checkout", json=body, headers=headers)
    assert answer.status_code == 201, answer.text


def test_a_known_address_is_answered_alike_and_its_owner_is_mailed(ada: Visitor) -> None:
    owner = ada.verified()
    answer = Visitor(ada.run, ada.email).register()
    assert answer.json()["user"].keys() == owner.register().json()["user"].keys()
    ada.run.settle()
    assert ada.run.mails(ada.email, "already_registered")


def test_a_forgotten_password_is_replaced_and_every_device_signed_out(ada: Visitor) -> None:
    ada.verified()
    assert ada.post("/v1/auth/password/forgot", email=ada.email).status_code == 202
    token = ada.token("password_reset")
    assert ada.post("/v1/auth/password/reset", token=token, password=NEW).status_code == 204
    assert not ada.is_in()
    assert ada.log_in().status_code == 401
    assert ada.log_in(NEW).status_code == 200
    ada.run.settle()
    assert ada.run.mails(ada.email, "password_changed")


def test_a_mailed_link_signs_in_once(ada: Visitor) -> None:
    ada.verified()
    ada.post("/v1/auth/magic-link", email=ada.email)
    token = ada.token("magic_link")
    answer = ada.post("/v1/auth/magic-link/consume", token=token)
    assert answer.status_code == 200
    assert ada.post("/v1/auth/magic-link/consume", token=token).status_code == 401


def test_a_second_factor_and_a_recovery_code(ada: Visitor) -> None:
    ada.verified().log_in()
    enrolment = ada.post("/v1/me/mfa").json()
    app = TOTP(enrolment["secret"])
    now = ada.run.local("/clock", method="GET")["now"]
    codes = ada.post("/v1/me/mfa/confirm", code=app.at(_seconds(now))).json()["recovery_codes"]
    challenge = ada.log_in().json()
    assert challenge["mfa_required"] is True
    wrong = ada.post("/v1/auth/mfa/verify", mfa_token=challenge["mfa_token"], code="000000")
    assert wrong.status_code == 401
    right = ada.post("/v1/auth/mfa/verify", mfa_token=challenge["mfa_token"], recovery_code=codes[0])
    assert right.status_code == 200
    ada.session = right.json()
    assert ada.run.http.delete("/v1/me/mfa", headers=ada.headers).status_code == 204
    assert "access_token" in ada.log_in().json()
    ada.run.settle()
    sent = {mail["template"] for mail in ada.run.mails(ada.email)}
    assert sent >= {"mfa_enabled", "mfa_disabled"}


def test_google_makes_an_account_and_finds_it_again(ada: Visitor) -> None:
    email = f"{uuid.uuid4().hex[:12]}@gmail.com"
    first, second = _by_google(ada.run, email), _by_google(ada.run, email)
    assert first.status_code == second.status_code == 200
    assert first.json()["user"] == second.json()["user"]
    assert first.json()["user"]["email"] == email


def test_google_signs_nobody_in_who_did_not_set_out(ada: Visitor) -> None:
    with httpx.Client(base_url=ada.run.url) as thief:
        back = _consented(thief, "eve@gmail.com")
        stranger = httpx.get(back)
        assert (stranger.status_code, stranger.json()["code"]) == (400, "sign_in_state_invalid")
        assert thief.get(back).status_code == 200


def test_ten_wrong_passwords_lock_the_account_until_a_mailed_link_is_followed(ada: Visitor) -> None:
    ada.verified()
    answers = [ada.log_in("a wrong password") for _ in range(10)]
    assert {answer.status_code for answer in answers} == {401}
    locked = ada.log_in()
    assert (locked.status_code, locked.json()["code"]) == (401, answers[0].json()["code"])
    token = ada.token("account_locked")
    assert ada.post("/v1/auth/magic-link/consume", token=token).status_code == 200
    assert ada.log_in().status_code == 200


def test_a_refresh_token_that_comes_back_ends_its_session_and_the_owner_is_warned(ada: Visitor) -> None:
    ada.verified().log_in()
    spent = ada.session["refresh_token"]
    ada.session = ada.post("/v1/auth/refresh", refresh_token=spent).json()
    assert ada.post("/v1/auth/refresh", refresh_token=spent).status_code == 401
    assert not ada.is_in()
    ada.run.settle()
    assert ada.run.mails(ada.email, "session_revoked")


def test_devices_are_listed_and_signed_out(ada: Visitor) -> None:
    phone = Visitor(ada.run, ada.verified().email)
    phone.log_in()
    ada.log_in()
    listed = ada.run.http.get("/v1/me/sessions", headers=ada.headers).json()["data"]
    assert len(listed) == 3
    [here] = [session for session in listed if session["current"]]
    assert ada.run.http.delete("/v1/me/sessions", headers=ada.headers).status_code == 204
    assert (ada.is_in(), phone.is_in()) == (True, False)
    gone = ada.run.http.delete(f"/v1/me/sessions/{here['id']}", headers=ada.headers)
    assert (gone.status_code, ada.is_in()) == (204, False)


def test_staff_are_invited_and_join(ada: Visitor) -> None:
    admin = Staff(ada.run, "admin@demo.test")
    invitation = {"email": ada.email, "role": "support", "name": "Sam"}
    answer = ada.run.http.post("/v1/admin/staff", json=invitation, headers=admin.headers)
    assert answer.status_code == 201, answer.text
    joined = ada.post("/v1/auth/invitations/accept", token=ada.token("invitation"), password=PASSWORD)
    assert joined.json()["user"]["roles"] == ["support"]
    assert Staff(ada.run, ada.email).get("/v1/admin/orders").status_code == 200


def test_partners_have_a_door_of_their_own(ada: Visitor) -> None:
    login = {"email": PARTNER_OWNER[0], "password": PASSWORD}
    answer = ada.run.http.post("/v1/partner/auth/login", json=login)
    assert answer.json()["user"]["roles"] == ["member", "partner_owner"]
    assert ada.run.http.post("/v1/admin/auth/login", json=login).status_code == 401


def test_the_gateway_s_own_authoriser_finds_all_it_needs(ada: Visitor) -> None:
    ada.verified().log_in()
    found = ada.run.http.get("/.well-known/openid-configuration").json()
    assert found["issuer"] == ada.run.url
    keys = jwt.PyJWKClient(found["jwks_uri"])
    token = ada.session["access_token"]
    # The run's clock may be ahead of the one that this reads.
    claims = jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        ["RS256"],
        audience="comptoir",
        issuer=ada.run.url,
        options={"verify_iat": False},
    )
    assert claims["sub"] == ada.session["user"]["id"]


def test_tries_are_counted_by_account_and_address_exactly_though_all_come_at_once(run: LocalRun) -> None:
    _early_in_a_minute(run)
    email = Visitor(run).email
    with ThreadPoolExecutor(20) as hands:
        statuses = list(
            hands.map(lambda _: Visitor(run, email).log_in("a wrong password").status_code, range(20))
        )
    assert (statuses.count(401), statuses.count(429)) == (5, 15)
    assert Visitor(run).log_in("a wrong password").status_code == 401


def _by_google(run: LocalRun, email: str) -> httpx.Response:
    with httpx.Client(base_url=run.url) as browser:
        return browser.get(_consented(browser, email))


def _consented(browser: httpx.Client, email: str) -> str:
    """To the local Google and back: where it sends the browser."""
    start = browser.get("/v1/auth/oauth/google/start", params={"brand": "demo"})
    assert start.status_code == 302, start.text
    location = urlsplit(start.headers["location"])
    query = urlencode([*parse_qsl(location.query), ("login_hint", email)])
    return str(browser.get(location._replace(query=query).geturl()).headers["location"])


def _early_in_a_minute(run: LocalRun) -> None:
    """Tries are counted by the minute of the one clock: no new one begins before the test is over."""
    seconds = _seconds(run.local("/clock", method="GET")["now"]) % 60
    if seconds > 20:
        run.advance(61 - seconds)


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
