"""GET /v1/auth/oauth/google/callback."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from psycopg import connect

from functions.identity.consume_magic_link import handler as consume_magic_link
from functions.identity.finish_google_sign_in import handler
from functions.identity.start_google_sign_in import handler as start
from local.google.identities import Person
from local.google.provider import CLIENT_ID, Provider
from shared.identity.permissions import Role
from shared.migrations.provision import DatabaseUrls
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, staff_account
from tests.gateway import Answer, Bus
from tests.local_google import Browser, consent, offer_google
from tests.mailbox import Post, mails
from tests.ways_in import StandingClock, enrolled, is_alive, log_in, register, second_factor
from tests.ways_in import post as send

pytestmark = pytest.mark.usefixtures("issuer", "provider")

GRACE = "grace.hopper@gmail.com"
PATH = "/v1/auth/oauth/google/callback"


def go(browser: Browser, email: str = GRACE, **query: Any) -> dict[str, str]:
    """To Google and back, but not in."""
    answer = browser.get(start, "/v1/auth/oauth/google/start", query)
    assert answer.status == 302, answer.body
    return consent(answer.headers["location"], email)


def come_back(browser: Browser, told: dict[str, str]) -> Answer:
    return browser.get(handler, PATH, told)


def sign_in(brand: Brand, email: str = GRACE, **query: Any) -> Answer:
    browser = Browser(brand)
    return come_back(browser, go(browser, email, **query))


@pytest.fixture(autouse=True)
def _offered(brand: Brand, issuer: str) -> None:
    offer_google(brand)


def test_somebody_new_has_an_account_at_once(brand: Brand, bus: Bus) -> None:
    answer = sign_in(brand)
    assert answer.status == 200
    assert (answer.body["user"]["email"], answer.body["user"]["roles"]) == (GRACE, ["member"])
    assert is_alive(brand, answer.body["access_token"])
    with begin(brand, "test") as work:
        user = work.one("SELECT email_verified_at, password_hash, name, terms_version FROM identity.users")
        customer = work.one("SELECT first_name, last_name, locale FROM identity.customers")
        session = work.value("SELECT authenticated_by FROM identity.sessions")
    assert user is not None
    assert user.email_verified_at is not None
    assert (user.password_hash, user.name, user.terms_version) == (None, "Grace Hopper", None)
    assert tuple(customer or ()) == ("Grace", "Hopper", "fr")
    assert session == "google"
    bus.relay()
    assert len(bus.of("account.registered")) == len(bus.of("email.verified")) == 1


def test_who_clicks_twice_has_one_account(brand: Brand) -> None:
    browsers = [Browser(brand) for _ in range(3)]
    ways = [(browser, go(browser)) for browser in browsers]
    at_once, answers = Barrier(3), list[Answer]()

    def back(browser: Browser, told: dict[str, str]) -> None:
        at_once.wait()
        answers.append(come_back(browser, told))

    threads = [Thread(target=back, args=way) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [200] * 3
    assert len({answer.body["user"]["id"] for answer in answers}) == 1


def test_accepted_terms_are_kept(brand: Brand) -> None:
    sign_in(brand, accepted_terms="true")
    with begin(brand, "test") as work:
        assert work.value("SELECT terms_version FROM identity.users") == "1"


def test_who_comes_again_is_the_same_though_their_address_has_changed(
    brand: Brand, provider: Provider
) -> None:
    first = sign_in(brand)
    provider.changed = {"email": "grace@elsewhere.example", "email_verified": False}
    assert sign_in(brand).body["user"] == first.body["user"]
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.users") == 1


def test_an_address_of_google_s_own_is_linked_to_the_account_that_has_it(brand: Brand) -> None:
    account = customer_account(brand, GRACE)
    assert sign_in(brand).body["user"]["id"] == str(account.id)
    assert log_in(brand, GRACE).status == 200


def test_an_address_that_may_have_changed_hands_is_linked_by_its_owner(
    brand: Brand, provider: Provider
) -> None:
    account = customer_account(brand, "ada@maison.example")
    answer = sign_in(brand, "ada@maison.example")
    assert (answer.status, answer.code) == (403, "email_confirmation_required")
    [mail] = mails(brand)
    assert (mail.template, mail.to) == ("magic_link", account.email)
    followed = send(consume_magic_link, "/v1/auth/magic-link/consume", brand, {"token": mail.token})
    assert followed.body["user"]["id"] == str(account.id)
    assert sign_in(brand, "ada@maison.example").body["user"]["id"] == str(account.id)


def test_a_company_s_own_google_is_final_for_its_domain_alone(brand: Brand, provider: Provider) -> None:
    account = customer_account(brand, "agent@bureau.example")
    assert sign_in(brand, "agent@bureau.example").body["user"]["id"] == str(account.id)
    customer_account(brand, "boss@other.example")
    provider.add(Person("boss@other.example", hosted="bureau.example"))
    assert sign_in(brand, "boss@other.example").code == "email_confirmation_required"


def test_an_account_that_only_claims_the_address_is_not_entered(brand: Brand) -> None:
    thief = register(brand, GRACE, "the passphrase of a thief")
    answer = sign_in(brand)
    assert answer.body["user"]["id"] != thief.body["user"]["id"]


def test_an_address_that_google_has_not_verified_opens_nothing(brand: Brand, provider: Provider) -> None:
    provider.add(Person("new@maison.example", verified=False))
    answer = sign_in(brand, "new@maison.example")
    assert (answer.status, answer.code) == (403, "google_email_unverified")
    provider.changed = {"email_verified": "true"}
    assert sign_in(brand).code == "google_email_unverified"


def test_a_second_factor_is_asked_for_here_too(brand: Brand) -> None:
    account = customer_account(brand, GRACE)
    _, codes = enrolled(brand, account)
    answer = sign_in(brand)
    assert answer.body["mfa_required"] is True
    assert second_factor(brand, answer.body["mfa_token"], codes[0]).status == 200


def test_staff_come_in_too_and_it_is_written_down(brand: Brand) -> None:
    staff_account(brand, Role.ADMIN, GRACE)
    assert sign_in(brand).body["user"]["roles"] == ["admin"]
    with begin(brand, "test") as work:
        assert work.value("SELECT action FROM platform.audit_logs") == "identity.finish_google_sign_in"


def test_a_suspended_account_is_not_entered(brand: Brand, database: DatabaseUrls) -> None:
    sign_in(brand)
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("UPDATE identity.users SET status = 'suspended'")
    assert sign_in(brand).status == 401


def test_the_shop_s_page_is_given_a_token_that_lives_two_minutes_and_works_once(
    brand: Brand, standing: StandingClock
) -> None:
    answer = sign_in(brand, return_to="https://maison.example/account?tab=1#x")
    assert answer.status == 303
    page, _, fragment = answer.headers["location"].partition("#")
    assert page == "https://maison.example/account?tab=1"
    body = {"token": parse_qs(fragment)["sign_in_token"][0]}
    assert send(consume_magic_link, "/v1/auth/magic-link/consume", brand, body).status == 200
    assert send(consume_magic_link, "/v1/auth/magic-link/consume", brand, body).status == 401
    answer = sign_in(brand, return_to="https://maison.example/")
    body = {"token": parse_qs(urlsplit(answer.headers["location"]).fragment)["sign_in_token"][0]}
    standing.later(minutes=2)
    assert send(consume_magic_link, "/v1/auth/magic-link/consume", brand, body).status == 401


def test_the_shop_s_page_is_told_what_went_wrong(brand: Brand, provider: Provider) -> None:
    browser = Browser(brand)
    told = go(browser, return_to="https://maison.example/account")
    answer = come_back(browser, {"state": told["state"], "error": "access_denied"})
    assert answer.status == 303
    assert answer.headers["location"] == "https://maison.example/account#error=google_sign_in_refused"


def test_the_cookie_is_gone_afterwards(brand: Brand) -> None:
    browser = Browser(brand)
    come_back(browser, go(browser))
    assert browser.cookies == {}


def test_another_browser_cannot_be_signed_in_by_a_link(brand: Brand) -> None:
    thief, victim = Browser(brand), Browser(brand)
    told = go(thief)
    answer = come_back(victim, told)
    assert (answer.status, answer.code) == (400, "sign_in_state_invalid")
    go(victim)
    assert come_back(victim, told).code == "sign_in_state_invalid"
    assert come_back(thief, told).status == 200


def test_a_state_that_was_changed_is_refused(brand: Brand) -> None:
    browser = Browser(brand)
    told = go(browser)
    for state in (told["state"][:12] + "x" * 31, told["state"][:-1], "x", "é"):
        assert come_back(browser, told | {"state": state}).code == "sign_in_state_invalid"
    assert come_back(browser, {"code": told["code"]}).status == 422


def test_a_cookie_that_was_changed_is_refused(brand: Brand) -> None:
    browser = Browser(brand)
    told = go(browser)
    [(name, value)] = browser.cookies.items()
    for changed in (value[:-4] + "AAAA", "x", ""):
        browser.cookies = {name: changed}
        assert come_back(browser, told).code == "sign_in_state_invalid"


def test_a_sign_in_of_ten_minutes_ago_is_refused(brand: Brand, standing: StandingClock) -> None:
    browser = Browser(brand)
    told = go(browser)
    standing.later(minutes=10)
    assert come_back(browser, told).code == "sign_in_state_invalid"


def test_two_tabs_do_not_disturb_each_other(brand: Brand) -> None:
    browser = Browser(brand)
    one, other = go(browser), go(browser)
    assert come_back(browser, one).status == 200
    assert come_back(browser, other).status == 200


def test_a_code_works_once(brand: Brand) -> None:
    browser = Browser(brand)
    told = go(browser)
    kept = dict(browser.cookies)
    assert come_back(browser, told).status == 200
    browser.cookies = kept
    again = come_back(browser, told)
    assert (again.status, again.code) == (401, "google_sign_in_refused")


def test_a_code_of_somebody_else_s_flow_is_refused(brand: Brand) -> None:
    thief, victim = Browser(brand), Browser(brand)
    stolen = go(victim)["code"]
    told = go(thief)
    # PKCE: the thief's browser does not hold the verifier that the code was asked for with.
    assert come_back(thief, told | {"code": stolen}).code == "google_sign_in_refused"


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"},
        {"aud": "another-client"},
        {"azp": "another-client"},
        {"iss": "https://accounts.evil.example"},
        {"exp": 1},
        {"iat": 4_000_000_000},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"sub": ""},
        {"sub": None},
        {"email": None},
        {"email": ["a@b.example"]},
        {"email": "not an address"},
    ],
)
def test_a_token_that_says_something_else_is_refused(
    brand: Brand, provider: Provider, changed: dict[str, Any]
) -> None:
    provider.changed = changed
    answer = sign_in(brand)
    assert answer.status in (401, 403)
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.users") == 0


def _unsigned(claims: dict[str, Any], key: Any, *_: Any, **__: Any) -> str:
    return _ENCODE(claims, "", "none", headers={"kid": "local-google"})


def _by_another_key(claims: dict[str, Any], key: Any, *_: Any, **__: Any) -> str:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return _ENCODE(claims, own, "RS256", headers={"kid": "local-google"})


def _by_an_unknown_key(claims: dict[str, Any], key: Any, *_: Any, **__: Any) -> str:
    return _ENCODE(claims, key, "RS256", headers={"kid": "nobody-s"})


def _by_the_client_s_secret(claims: dict[str, Any], key: Any, *_: Any, **__: Any) -> str:
    return _ENCODE(claims, "x" * 32, "HS256", headers={"kid": "local-google"})


_ENCODE = jwt.encode


@pytest.mark.parametrize("forge", [_unsigned, _by_another_key, _by_an_unknown_key, _by_the_client_s_secret])
def test_a_token_that_google_has_not_signed_is_refused(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, forge: Callable[..., str]
) -> None:
    browser = Browser(brand)
    told = go(browser)
    monkeypatch.setattr("local.google.provider.jwt.encode", forge)
    with begin(brand, "test") as work:
        before = work.value("SELECT count(*) FROM identity.sessions")
    answer = come_back(browser, told)
    assert (answer.status, answer.code) == (401, "google_sign_in_refused")
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.sessions") == before


def test_a_wrong_client_secret_signs_nobody_in(brand: Brand) -> None:
    browser = Browser(brand)
    told = go(browser)
    offer_google(brand, client_secret="not the secret")
    assert come_back(browser, told).code == "google_sign_in_refused"


def test_the_brand_is_the_one_that_the_browser_set_out_from(brand: Brand, another_brand: Brand) -> None:
    browser = Browser(brand)
    told = go(browser)
    browser.brand = another_brand
    answer = come_back(browser, told)
    assert answer.status == 200
    with begin(another_brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.users") == 0
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.users") == 1


def test_accounts_of_two_brands_are_two_accounts(brand: Brand, another_brand: Brand, post: Post) -> None:
    offer_google(another_brand)
    assert sign_in(brand).body["user"]["id"] != sign_in(another_brand).body["user"]["id"]


def test_the_secret_of_the_client_lies_sealed(brand: Brand, database: DatabaseUrls) -> None:
    with connect(database.jobs, autocommit=True) as jobs:
        stored = str(jobs.execute("SELECT settings FROM platform.brands").fetchall())
    assert CLIENT_ID in stored
    assert "GOCSPX" not in stored
    assert clock.now()
