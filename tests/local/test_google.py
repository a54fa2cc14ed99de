"""The local Google takes what Google takes."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest

from local.google.provider import CLIENT_ID, CLIENT_SECRET, Provider, Reply

ISSUER = "http://127.0.0.1:3000/_local/google"
VERIFIER = "v" * 43
BACK = "http://127.0.0.1:3000/back"
ASKED = {
    "client_id": CLIENT_ID,
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid email profile",
    "state": "s",
    "nonce": "n",
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .rstrip(b"=")
    .decode(),
    "code_challenge_method": "S256",
}
FORM = {
    "grant_type": "authorization_code",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "redirect_uri": BACK,
    "code_verifier": VERIFIER,
}


class Clock:
    """Seconds, moved by hand."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def google(clock: Clock) -> Provider:
    return Provider(ISSUER, clock)


def ask(google: Provider, **changed: str) -> Reply:
    given: dict[str, str] = ASKED | changed
    asked = {name: value for name, value in given.items() if value}
    return google.answer("GET", "/authorize", urlencode(asked | {"login_hint": "ada@gmail.com"}), {}, b"")


def code_of(google: Provider) -> str:
    told = dict(parse_qsl(urlsplit(ask(google).headers["location"]).query))
    assert told["state"] == "s"
    return told["code"]


def redeem(google: Provider, code: str, headers: dict[str, str] | None = None, **changed: str) -> Reply:
    given: dict[str, str] = FORM | {"code": code} | changed
    form = {name: value for name, value in given.items() if value}
    return google.answer("POST", "/token", "", headers or {}, urlencode(form).encode())


def claims_of(google: Provider, reply: Reply) -> dict[str, Any]:
    token = json.loads(reply.body)["id_token"]
    keys = jwt.PyJWKSet.from_dict(json.loads(google.answer("GET", "/jwks", "", {}, b"").body))
    unchecked: Any = {"verify_exp": False, "verify_iat": False}
    claims: dict[str, Any] = jwt.decode(
        token, keys.keys[0].key, ["RS256"], audience=CLIENT_ID, issuer=ISSUER, options=unchecked
    )
    return claims


def test_a_code_becomes_a_token_that_names_who_consented(google: Provider, clock: Clock) -> None:
    reply = redeem(google, code_of(google))
    assert reply.status == 200
    claims = claims_of(google, reply)
    assert (
        claims.items()
        >= {
            "email": "ada@gmail.com",
            "email_verified": True,
            "nonce": "n",
            "iat": int(clock.now),
            "exp": int(clock.now) + 3600,
        }.items()
    )


def test_the_secret_may_come_in_a_header(google: Provider) -> None:
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    reply = redeem(
        google, code_of(google), {"authorization": f"Basic {basic}"}, client_id="", client_secret=""
    )
    assert reply.status == 200


def test_a_code_works_once_and_for_a_minute(google: Provider, clock: Clock) -> None:
    code = code_of(google)
    assert [redeem(google, code).status for _ in range(2)] == [200, 400]
    code = code_of(google)
    clock.now += 61
    assert redeem(google, code).status == 400


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"code_verifier": "x" * 43}, 400),
        ({"code_verifier": ""}, 400),
        ({"redirect_uri": "http://127.0.0.1:3000/elsewhere"}, 400),
        ({"client_secret": "wrong"}, 401),
        ({"client_id": "somebody-else"}, 401),
        ({"grant_type": "password"}, 400),
    ],
)
def test_a_code_is_not_for_everybody(google: Provider, changed: dict[str, str], status: int) -> None:
    assert redeem(google, code_of(google), None, **changed).status == status


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "somebody-else"},
        {"redirect_uri": "http://evil.example/"},
        {"response_type": "token"},
        {"scope": "email"},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_request_without_what_google_asks_for_sends_nobody_back(
    google: Provider, changed: dict[str, str]
) -> None:
    reply = ask(google, **changed)
    assert reply.status in (400, 401)
    assert "location" not in reply.headers


def test_somebody_may_think_better_of_it(google: Provider) -> None:
    reply = google.answer("POST", "/authorize", urlencode(ASKED), {}, b"deny=1")
    assert reply.headers["location"] == f"{BACK}?error=access_denied&state=s"


def test_a_page_offers_people(google: Provider) -> None:
    reply = google.answer("GET", "/authorize", urlencode(ASKED), {}, b"")
    assert reply.status == 200
    assert "grace.hopper@gmail.com" in reply.body
    assert google.answer("GET", "/nowhere", "", {}, b"").status == 404
