"""POST /v1/admin/auth/login."""

from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg import connect

from functions.identity.sign_in_staff import handler
from functions.identity.sign_out import handler as sign_out
from shared.identity import passwords
from shared.identity.access_tokens import LIFETIME
from shared.identity.permissions import Role
from shared.migrations.provision import DatabaseUrls
from shared.platform import aws, clock, settings
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import PASSWORD, customer_account, headers, staff_account
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer")


def sign_in(brand: Brand, email: str, password: str = PASSWORD, **more: object) -> Answer:
    body = {"email": email, "password": password, **more}
    return call(handler, "POST", "/v1/admin/auth/login", body, headers=headers(brand))


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER, Role.ADMIN])
def test_staff_sign_in_and_get_the_tokens_of_a_session(brand: Brand, role: Role) -> None:
    account = staff_account(brand, role)
    answer = sign_in(brand, account.email, device_name="Laptop")
    assert answer.status == 200
    assert answer.body.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
    assert answer.body["token_type"] == "Bearer"
    assert answer.body["expires_in"] == LIFETIME.total_seconds()
    assert answer.body["user"] == {"id": str(account.id), "email": account.email, "roles": [role]}
    assert answer.headers["cache-control"] == "no-store"


def test_the_session_remembers_its_device(brand: Brand) -> None:
    account = staff_account(brand, Role.SUPPORT)
    body = {"email": account.email, "password": PASSWORD, "device_name": "Laptop"}
    agent = {"user-agent": "Firefox\x00" + "x" * 1000}
    call(
        handler, "POST", "/v1/admin/auth/login", body, headers=headers(brand) | agent, source_ip="2001:db8::7"
    )
    with begin(brand, "test") as work:
        session = work.one("SELECT device_name, user_agent, ip::text AS ip, user_id FROM identity.sessions")
    assert session is not None
    assert (session.device_name, session.ip, session.user_id) == ("Laptop", "2001:db8::7/128", account.id)
    assert len(session.user_agent) <= 400


def test_the_spelling_of_the_address_does_not_matter(brand: Brand) -> None:
    account = staff_account(brand, Role.ADMIN, "Admin@Maison.example")
    assert sign_in(brand, "  admin@MAISON.example ").body["user"]["email"] == account.email


def test_a_space_belongs_to_the_password(brand: Brand) -> None:
    account = staff_account(brand, Role.ADMIN)
    assert sign_in(brand, account.email, f"{PASSWORD} ").status == 401


def test_everybody_who_may_not_is_answered_alike(
    brand: Brand, another_brand: Brand, database: DatabaseUrls
) -> None:
    staff, locked, gone, unproved = (staff_account(brand, Role.ADMIN) for _ in range(4))
    creator = staff_account(brand, Role.SUPPORT)
    customer = customer_account(brand)
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("UPDATE identity.users SET status = 'locked' WHERE id = %s", (locked.id,))
        jobs.execute("UPDATE identity.users SET deleted_at = now() WHERE id = %s", (gone.id,))
        jobs.execute("UPDATE identity.users SET email_verified_at = NULL WHERE id = %s", (unproved.id,))
        jobs.execute("UPDATE identity.memberships SET role = 'creator' WHERE user_id = %s", (creator.id,))
    attempts = [
        sign_in(brand, staff.email, "a wrong password"),
        sign_in(brand, "nobody@maison.example"),
        sign_in(brand, "not an address"),
        sign_in(brand, locked.email),
        sign_in(brand, gone.email),
        sign_in(brand, unproved.email),
        sign_in(brand, creator.email),
        sign_in(brand, customer.email),
        sign_in(another_brand, staff.email),
    ]
    assert {attempt.status for attempt in attempts} == {401}
    assert (
        len({tuple(sorted((k, str(v)) for k, v in a.body.items() if k != "request_id")) for a in attempts})
        == 1
    )
    assert attempts[0].code == "credentials_invalid"
    assert len({tuple(sorted(set(attempt.headers) - {"x-request-id"})) for attempt in attempts}) == 1


def test_an_account_that_is_not_there_costs_one_hash_too(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, customer = staff_account(brand, Role.ADMIN), customer_account(brand)
    hashed: list[str | None] = []
    verify = passwords.verify

    def counted(password: str, stored: str | None) -> bool:
        hashed.append(stored)
        return verify(password, stored)

    monkeypatch.setattr(passwords, "verify", counted)
    for email in (staff.email, customer.email, "nobody@maison.example"):
        sign_in(brand, email, "a wrong password")
    assert len(hashed) == 3
    assert hashed[2] is None


def test_nothing_is_opened_for_who_may_not(brand: Brand) -> None:
    customer = customer_account(brand)
    assert sign_in(brand, customer.email).status == 401
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.sessions") == 0


def test_a_hash_of_older_parameters_is_renewed_at_the_next_sign_in(
    brand: Brand, database: DatabaseUrls
) -> None:
    from argon2 import PasswordHasher

    account = staff_account(brand, Role.ADMIN)
    old = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("UPDATE identity.users SET password_hash = %s WHERE id = %s", (old, account.id))
    assert sign_in(brand, account.email).status == 200
    with begin(brand, "test") as work:
        stored = work.value("SELECT password_hash FROM identity.users WHERE id = %(id)s", id=account.id)
    assert not passwords.is_outdated(stored)
    assert sign_in(brand, account.email).status == 200


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": None}, "email"),
        ({"email": "x" * 255}, "email"),
        ({"password": ""}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": 5}, "password"),
        ({"device_name": ""}, "device_name"),
        ({"role": "admin"}, "role"),
        ({"brand_id": "x"}, "brand_id"),
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, changed: dict[str, object], field: str) -> None:
    body = {"email": "admin@maison.example", "password": PASSWORD, **changed}
    answer = call(handler, "POST", "/v1/admin/auth/login", body, headers=headers(brand))
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert [error["field"] for error in answer.body["errors"]] == [field]
    assert PASSWORD not in str(answer.body)


def test_an_idempotency_key_keeps_no_tokens(brand: Brand) -> None:
    account = staff_account(brand, Role.ADMIN)
    body = {"email": account.email, "password": PASSWORD}
    keyed = headers(brand) | {"idempotency-key": "k"}
    first, second = (call(handler, "POST", "/v1/admin/auth/login", body, headers=keyed) for _ in range(2))
    assert (first.status, second.status) == (200, 200)
    assert first.body["refresh_token"] != second.body["refresh_token"]
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM platform.idempotency_keys") == 0


def test_what_is_stored_of_a_refresh_token_opens_nothing(brand: Brand) -> None:
    token = sign_in(brand, staff_account(brand, Role.ADMIN).email).body["refresh_token"]
    with begin(brand, "test") as work:
        stored = work.all("SELECT token_hash FROM identity.refresh_tokens")
    assert len(stored) == 1
    assert token.encode() not in stored[0].token_hash


@pytest.fixture
def counters(monkeypatch: pytest.MonkeyPatch, issuer: str) -> dict[str, int]:
    """The limiter's table: counts of sign-ins by key; with "down" among them it cannot be reached."""
    counts: dict[str, int] = {}

    def call_aws(service: str, operation: str, body: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
        if "down" in counts:
            raise OSError("unreachable")
        key = body["Key"]["client"]["S"]
        counts[key] = counts.get(key, 0) + int(body["ExpressionAttributeValues"][":share"]["N"])
        return {"Attributes": {"spent": {"N": str(counts[key])}}}

    monkeypatch.setenv("LIMITS_TABLE", "limits")
    monkeypatch.setattr(aws, "call", call_aws)
    # A minute does not turn in the middle of the test.
    moment = datetime.now(UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    settings.forget()
    return counts


def test_an_account_is_tried_five_times_a_minute_from_one_address(
    brand: Brand, counters: dict[str, int]
) -> None:
    account = staff_account(brand, Role.ADMIN, "ada@maison.example")
    spellings = [
        "ada@maison.example",
        "ADA@maison.example",
        " ada@Maison.example",
        "ａda@maison.example",
        "adA@maison.example",
    ]
    assert [sign_in(brand, spelling, "a wrong password").status for spelling in spellings] == [401] * 5
    answer = sign_in(brand, account.email)
    assert (answer.status, answer.code) == (429, "too_many_requests")
    assert int(answer.headers["retry-after"]) > 0
    assert sign_in(brand, staff_account(brand, Role.ADMIN).email).status == 200


def test_nobody_signs_in_while_attempts_cannot_be_counted(brand: Brand, counters: dict[str, int]) -> None:
    account = staff_account(brand, Role.ADMIN)
    counters["down"] = 1
    answer = sign_in(brand, account.email)
    assert (answer.status, answer.code) == (503, "limiter_unavailable")
    del counters["down"]
    assert sign_in(brand, account.email).status == 200


def test_guessed_tokens_count_against_the_address(brand: Brand, counters: dict[str, int]) -> None:
    sent = headers(brand, "no.such.token")
    answers = [call(sign_out, "POST", "/v1/auth/logout", headers=sent).status for _ in range(25)]
    assert answers == [401] * 20 + [429] * 5
