"""GET /v1/auth/oauth/google/start."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.identity.start_google_sign_in import handler
from local.google.provider import CLIENT_ID, Provider
from shared.identity import google
from shared.platform import settings
from shared.platform.brands import Brand
from tests.accounts import ISSUER
from tests.gateway import Answer
from tests.local_google import Browser, offer_google

pytestmark = pytest.mark.usefixtures("issuer")


def start(browser: Browser, **query: Any) -> Answer:
    return browser.get(handler, "/v1/auth/oauth/google/start", query)


def test_a_browser_is_sent_to_google_with_state_nonce_and_pkce(brand: Brand, provider: Provider) -> None:
    offer_google(brand)
    browser = Browser(brand)
    answer = start(browser)
    assert answer.status == 302
    location = urlsplit(answer.headers["location"])
    asked = {name: value[0] for name, value in parse_qs(location.query).items()}
    assert f"{location.scheme}://{location.netloc}" == provider.issuer
    assert (
        asked.items()
        >= {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "scope": "openid email profile",
            "redirect_uri": f"{ISSUER}/v1/auth/oauth/google/callback",
            "code_challenge_method": "S256",
        }.items()
    )
    assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))


def test_what_has_to_be_known_again_is_kept_sealed_in_that_browser_alone(
    brand: Brand, provider: Provider
) -> None:
    offer_google(brand)
    answer = start(Browser(brand))
    [cookie] = answer.cookies
    for attribute in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/v1/auth/oauth/google", "Max-Age=600"):
        assert attribute in cookie
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["nonce"][0] not in cookie
    assert asked["state"][0] not in cookie


def test_no_two_are_alike(brand: Brand, provider: Provider) -> None:
    offer_google(brand)
    locations = [start(Browser(brand)).headers["location"] for _ in range(3)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({parse_qs(urlsplit(each).query)[name][0] for each in locations}) == 3


@pytest.mark.parametrize(
    "return_to",
    [
        "https://maison.example/account",
        "https://maison.example",
        "https://maison.example/a?b=c&d=%20#part",
    ],
)
def test_one_returns_to_the_shop(brand: Brand, provider: Provider, return_to: str) -> None:
    offer_google(brand)
    assert start(Browser(brand), return_to=return_to).status == 302


@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example/",
        "https://maison.example.evil.example/",
        "https://maison.example@evil.example/",
        "https://user:pass@maison.example/",
        "https://evil.example\\@maison.example/",
        "https://maison.example\\.evil.example",
        "https:/\\evil.example",
        "//evil.example/maison.example",
        "/\\evil.example",
        "javascript:alert(1)//https://maison.example",
        "data:text/html,x",
        "http://maison.example/",
        "https://maison.example:8443/",
        "https://maison.example%2eevil.example/",
        "https://maison.example\r\nSet-Cookie: x=y",
        "https://maison.example\u2044@evil.example/",
        "https://ｍaison.example/",
        "https://ailleurs.example/",
        "account",
        "https://[",
    ],
)
def test_one_returns_nowhere_else(brand: Brand, provider: Provider, return_to: str) -> None:
    offer_google(brand)
    answer = start(Browser(brand), return_to=return_to)
    assert (answer.status, answer.code) == (422, "return_address_refused")
    assert answer.cookies == ()


def test_a_brand_that_does_not_offer_it_says_so(brand: Brand, provider: Provider) -> None:
    answer = start(Browser(brand))
    assert (answer.status, answer.code) == (404, "google_sign_in_not_offered")


def test_the_query_may_name_the_brand_since_a_browser_sends_no_header(
    brand: Brand, another_brand: Brand, provider: Provider
) -> None:
    offer_google(another_brand)
    assert start(Browser(brand), brand=another_brand.slug).status == 302
    assert start(Browser(brand), brand="nobody").status == 404


def test_while_google_does_not_answer_one_is_asked_to_wait(
    brand: Brand, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer_google(brand)
    monkeypatch.setenv("GOOGLE_ISSUER", "http://127.0.0.1:9")
    settings.forget()
    google.forget()
    answer = start(Browser(brand))
    assert (answer.status, answer.code) == (503, "google_unavailable")
