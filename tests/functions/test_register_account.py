"""POST /v1/auth/register."""

from typing import Any

import pytest
from psycopg import connect

from functions.identity.register_account import handler
from functions.identity.sign_out import handler as sign_out
from shared.identity import passwords
from shared.identity.registration import Register
from shared.identity.registration import register as tell
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.http import HttpRequest
from shared.platform.work import begin
from tests.accounts import PASSWORD, customer_account, headers
from tests.gateway import Answer, Bus, call
from tests.mailbox import Post

pytestmark = pytest.mark.usefixtures("issuer")

ADA = {
    "email": "ada@maison.example",
    "password": PASSWORD,
    "first_name": "Ada",
    "last_name": "Byron",
    "accepted_terms": True,
}


def register(brand: Brand, **changed: Any) -> Answer:
    body = {name: value for name, value in (ADA | changed).items() if value is not ...}
    return call(handler, "POST", "/v1/auth/register", body, headers=headers(brand))


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    return [shape(each) for each in value] if isinstance(value, list) else type(value)


def test_somebody_new_is_signed_in_at_once_and_mailed_a_link(brand: Brand, post: Post) -> None:
    answer = register(brand)
    assert answer.status == 201
    assert (
        answer.body["user"].items()
        >= {
            "email": "ada@maison.example",
            "first_name": "Ada",
            "last_name": "Byron",
            "email_verified": False,
            "roles": ["member"],
        }.items()
    )
    assert answer.body["session"].keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    signed_in = headers(brand, answer.body["session"]["access_token"])
    assert call(sign_out, "POST", "/v1/auth/logout", headers=signed_in).status == 204
    [mail] = post(brand)
    assert (mail.template, mail.to, mail.locale) == ("email_verification", "ada@maison.example", "fr")
    assert mail.variables["link"].startswith("https://maison.example/account/verify-email?token=")


def test_the_account_keeps_terms_and_wish_and_they_are_told(brand: Brand, bus: Bus) -> None:
    answer = register(brand, subscription_tier="ambassadeur_standard", billing_frequency="annual")
    with begin(brand, "test") as work:
        user = work.one("SELECT * FROM identity.users")
        customer = work.one("SELECT * FROM identity.customers")
    assert user is not None
    assert customer is not None
    assert (user.terms_version, user.email_verified_at, user.name) == ("1", None, "Ada Byron")
    assert user.terms_accepted_at is not None
    assert (customer.user_id, customer.first_name, customer.level) == (user.id, "Ada", "explorateur")
    assert (customer.wished_tier, customer.wished_frequency) == ("ambassadeur_standard", "annual")
    bus.relay()
    [told] = bus.of("account.registered")
    assert told["data"] == {
        "user_id": answer.body["user"]["id"],
        "customer_id": str(customer.id),
        "subscription_tier": "ambassadeur_standard",
        "billing_frequency": "annual",
    }


def test_the_brand_numbers_its_terms(brand: Brand, database: DatabaseUrls) -> None:
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("""UPDATE platform.brands SET settings = '{"terms_version": "2026-11"}'""")
    register(brand)
    with begin(brand, "test") as work:
        assert work.value("SELECT terms_version FROM identity.users") == "2026-11"


def test_a_known_address_is_answered_alike_and_only_its_owner_learns(brand: Brand, post: Post) -> None:
    owner = customer_account(brand, "ada@maison.example")
    known, new = register(brand), register(brand, email="new@maison.example")
    assert shape(known.body) == shape(new.body)
    assert known.status == new.status == 201
    assert set(known.headers) == set(new.headers)
    assert known.body["user"]["id"] != str(owner.id)
    to_owner, to_new = post(brand)
    assert (to_owner.template, to_owner.to) == ("already_registered", owner.email)
    assert (to_new.template, to_new.to) == ("email_verification", "new@maison.example")
    assert "token" not in str(to_owner.variables)


def test_a_known_address_costs_the_same_work(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    customer_account(brand, "ada@maison.example")
    register(brand, email="first@maison.example")
    hashed: list[str] = []
    hash_password = passwords.hash_password

    def counted(password: str) -> str:
        hashed.append(password)
        return hash_password(password)

    monkeypatch.setattr(passwords, "hash_password", counted)
    request = HttpRequest("POST", "/", {}, "", {}, b"", "192.0.2.1", "r")
    queries = []
    for email in ("ada@maison.example", "new@maison.example"):
        with begin(brand, "test") as work:
            tell(work, Register.model_validate(ADA | {"email": email}), request)
            queries.append(work.queries)
    assert queries[0] == queries[1]
    assert len(hashed) == 2


def test_owners_are_not_flooded(brand: Brand, post: Post) -> None:
    customer_account(brand, "ada@maison.example")
    for _ in range(12):
        assert register(brand).status == 201
    assert len(post(brand)) == 10


def test_a_name_that_somebody_typed_is_not_mailed_to_who_may_be_a_stranger(brand: Brand, post: Post) -> None:
    register(brand, first_name="Win a car at http://evil.example", last_name="<b>now</b>")
    [mail] = post(brand)
    assert "evil" not in str(mail.variables)


def test_the_language_is_the_one_asked_for_else_the_browsers_else_the_brands(
    brand: Brand, post: Post
) -> None:
    register(brand, locale="en")
    sent = headers(brand) | {"accept-language": "en-GB,en;q=0.9,fr;q=0.5"}
    call(handler, "POST", "/v1/auth/register", ADA | {"email": "b@maison.example"}, headers=sent)
    register(brand, email="c@maison.example")
    assert [mail.locale for mail in post(brand)] == ["en", "en-GB", "fr"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": "аda@maison.example"}, "email"),
        ({"email": "ada@maison.example\r\nBcc: all@maison.example"}, "email"),
        ({"email": "ada@maison.example,eve@maison.example"}, "email"),
        ({"email": "ada@localhost"}, "email"),
        ({"email": "x" * 250 + "@maison.example"}, "email"),
        ({"email": ...}, "email"),
        ({"password": "x" * 11}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": "x" * 1_000_000}, "password"),
        ({"accepted_terms": False}, "accepted_terms"),
        ({"accepted_terms": "yes"}, "accepted_terms"),
        ({"accepted_terms": ...}, "accepted_terms"),
        ({"first_name": ""}, "first_name"),
        ({"first_name": "x" * 121}, "first_name"),
        ({"subscription_tier": "ambassadeur_standard"}, "billing_frequency"),
        ({"subscription_tier": "Not A Tier"}, "subscription_tier"),
        ({"billing_frequency": "weekly"}, "billing_frequency"),
        ({"role": "admin"}, "role"),
        ({"roles": ["admin"]}, "roles"),
        ({"brand_id": "x"}, "brand_id"),
        ({"level": "ambassadeur"}, "level"),
        ({"email_verified": True}, "email_verified"),
        ({"is_platform": True}, "is_platform"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    brand: Brand, changed: dict[str, Any], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "hash_password", None)
    answer = register(brand, **changed)
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert field in [error["field"] for error in answer.body["errors"]]
    assert PASSWORD not in str(answer.body)


@pytest.mark.parametrize(
    "password", ["password1234", "123456789012", "Motdepasse2024", "ada@maison.example", "AdaByronAdaByron"]
)
def test_a_password_that_anybody_would_guess_is_refused(brand: Brand, password: str) -> None:
    answer = register(brand, password=password)
    assert (answer.status, answer.code) == (422, "common_password")
    assert answer.body["errors"][0]["field"] == "password"


def test_another_brand_has_accounts_of_its_own(brand: Brand, another_brand: Brand, post: Post) -> None:
    customer_account(another_brand, "ada@maison.example")
    register(brand)
    [mail] = post(brand)
    assert mail.template == "email_verification"
    assert post(another_brand) == []


def test_what_a_row_keeps_of_a_mailed_link_opens_nothing(brand: Brand, post: Post) -> None:
    register(brand)
    [mail] = post(brand)
    assert mail.token not in mail.stored
    with begin(brand, "test") as work:
        stored = work.all("SELECT token_hash FROM identity.one_time_tokens")
    assert [mail.token.encode() in row.token_hash for row in stored] == [False]
