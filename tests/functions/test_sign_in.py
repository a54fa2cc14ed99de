"""POST /v1/auth/login."""

from datetime import timedelta

import pytest
from psycopg import connect

from functions.identity.consume_magic_link import handler as consume_magic_link
from functions.identity.reset_password import handler as reset_password
from shared.identity import passwords
from shared.identity.permissions import Role
from shared.identity.throttling import FAILURES_BEFORE_LOCK, FREE_FAILURES_OF_ACCOUNT, WINDOW
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import PASSWORD, customer_account, staff_account
from tests.gateway import Answer
from tests.mailbox import Post
from tests.ways_in import (
    StandingClock,
    enrolled,
    is_alive,
    log_in,
    register,
    without_id,
)
from tests.ways_in import (
    post as send,
)

pytestmark = pytest.mark.usefixtures("issuer")

WRONG = "a wrong password"


def fail(
    brand: Brand, email: str, times: int, standing: StandingClock, ip: str = "192.0.2.1"
) -> list[Answer]:
    answers = []
    for _ in range(times):
        answers.append(log_in(brand, email, WRONG, ip=ip))
        standing.later(seconds=60)
    return answers


def test_a_customer_signs_in(brand: Brand) -> None:
    account = customer_account(brand)
    answer = log_in(brand, account.email, device_name="Laptop")
    assert answer.status == 200
    assert answer.body.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "user"}
    assert answer.body["user"] == {"id": str(account.id), "email": account.email, "roles": ["member"]}
    assert is_alive(brand, answer.body["access_token"])
    with begin(brand, "test") as work:
        session = work.one("SELECT device_name, authenticated_by, mfa_at FROM identity.sessions")
    assert tuple(session or ()) == ("Laptop", "password", None)


def test_who_has_not_verified_their_address_signs_in_too(brand: Brand) -> None:
    registered = register(brand, "ada@maison.example")
    answer = log_in(brand, "ADA@maison.example")
    assert answer.body["user"]["id"] == registered.body["user"]["id"]


def test_staff_may_shop_and_it_is_written_down(brand: Brand) -> None:
    account = staff_account(brand, Role.SUPPORT)
    assert log_in(brand, account.email).body["user"]["roles"] == ["support"]
    with begin(brand, "test") as work:
        [entry] = work.all("SELECT action, actor_type, actor_id FROM platform.audit_logs")
    assert tuple(entry) == ("identity.sign_in", "staff", account.id)


def test_a_second_factor_is_asked_for(brand: Brand) -> None:
    account = customer_account(brand)
    enrolled(brand, account)
    answer = log_in(brand, account.email)
    assert answer.status == 200
    assert answer.body["mfa_required"] is True
    assert answer.body.keys() == {"mfa_required", "mfa_token", "expires_in"}
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.sessions") == 0


def test_who_claims_a_known_address_comes_into_an_account_of_their_own(brand: Brand) -> None:
    owner = customer_account(brand, "ada@maison.example")
    claimed = register(brand, "ada@maison.example", "the passphrase of a stranger")
    assert log_in(brand, "ada@maison.example").body["user"]["id"] == str(owner.id)
    stranger = log_in(brand, "ada@maison.example", "the passphrase of a stranger")
    assert stranger.body["user"]["id"] == claimed.body["user"]["id"] != str(owner.id)


def test_everybody_who_may_not_is_answered_alike(
    brand: Brand, another_brand: Brand, database: DatabaseUrls
) -> None:
    known, locked, gone = (customer_account(brand) for _ in range(3))
    register(brand, "claimed@maison.example")
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("UPDATE identity.users SET status = 'suspended' WHERE id = %s", (locked.id,))
        jobs.execute("UPDATE identity.users SET deleted_at = now() WHERE id = %s", (gone.id,))
    attempts = [
        log_in(brand, known.email, WRONG),
        log_in(brand, "nobody@maison.example"),
        log_in(brand, "not an address"),
        log_in(brand, "claimed@maison.example", WRONG),
        log_in(brand, locked.email),
        log_in(brand, gone.email),
        log_in(another_brand, known.email),
    ]
    assert {attempt.status for attempt in attempts} == {401}
    assert {str(without_id(attempt)) for attempt in attempts} == {str(without_id(attempts[0]))}
    assert attempts[0].code == "credentials_invalid"


def test_every_refusal_costs_the_same_two_hashes(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, standing: StandingClock
) -> None:
    known = customer_account(brand)
    register(brand, "claimed@maison.example")
    locked = customer_account(brand)
    fail(brand, locked.email, FAILURES_BEFORE_LOCK, standing)
    hashed: list[str] = []
    verify = passwords.verify

    def counted(password: str, stored: str | None) -> bool:
        hashed.append(password)
        return verify(password, stored)

    monkeypatch.setattr(passwords, "verify", counted)
    for email, password in (
        (known.email, WRONG),
        ("nobody@maison.example", WRONG),
        ("claimed@maison.example", WRONG),
        (locked.email, WRONG),
        (locked.email, PASSWORD),
    ):
        hashed.clear()
        assert log_in(brand, email, password).status == 401
        assert len(hashed) == 2


def test_after_five_failures_every_try_waits_twice_as_long(brand: Brand, standing: StandingClock) -> None:
    account = customer_account(brand)
    waits = []
    for _ in range(FREE_FAILURES_OF_ACCOUNT):
        assert log_in(brand, account.email, WRONG).status == 401
    for _ in range(3):
        early = log_in(brand, account.email, ip="198.51.100.7")
        assert (early.status, early.code) == (429, "too_many_attempts")
        waits.append(int(early.headers["retry-after"]))
    assert waits == [1, 2, 4]
    standing.later(seconds=8)
    assert log_in(brand, account.email).status == 200


def test_a_wait_is_the_same_for_an_account_that_is_not_there(brand: Brand, standing: StandingClock) -> None:
    answers = [log_in(brand, "nobody@maison.example") for _ in range(FREE_FAILURES_OF_ACCOUNT + 1)]
    assert [answer.status for answer in answers] == [401] * FREE_FAILURES_OF_ACCOUNT + [429]


def test_ten_failures_lock_the_account_which_then_answers_as_if_the_password_were_wrong(
    brand: Brand, standing: StandingClock, post: Post
) -> None:
    account = customer_account(brand)
    answers = fail(brand, account.email, FAILURES_BEFORE_LOCK, standing)
    right = log_in(brand, account.email, ip="198.51.100.7")
    assert {answer.status for answer in answers} == {401}
    assert without_id(right) == without_id(answers[0])
    standing.later(days=3)
    assert log_in(brand, account.email).status == 401
    [mail] = post(brand)
    assert (mail.template, mail.to) == ("account_locked", account.email)


def test_a_lock_of_an_address_without_an_account_is_mailed_to_nobody(
    brand: Brand, standing: StandingClock, post: Post
) -> None:
    fail(brand, "nobody@maison.example", FAILURES_BEFORE_LOCK, standing)
    assert post(brand) == []


def test_the_mailed_link_signs_in_and_unlocks(brand: Brand, standing: StandingClock, post: Post) -> None:
    account = customer_account(brand)
    fail(brand, account.email, FAILURES_BEFORE_LOCK, standing)
    [mail] = post(brand)
    body = {"token": mail.token}
    assert send(consume_magic_link, "/v1/auth/magic-link/consume", brand, body).status == 200
    assert log_in(brand, account.email).status == 200


def test_a_new_password_unlocks(brand: Brand, standing: StandingClock, post: Post) -> None:
    from functions.identity.request_password_reset import handler as forgot

    account = customer_account(brand)
    fail(brand, account.email, FAILURES_BEFORE_LOCK, standing)
    send(forgot, "/v1/auth/password/forgot", brand, {"email": account.email})
    [mail] = [mail for mail in post(brand) if mail.template == "password_reset"]
    new = {"token": mail.token, "password": "a new passphrase"}
    assert send(reset_password, "/v1/auth/password/reset", brand, new).status == 204
    assert log_in(brand, account.email, "a new passphrase").status == 200


def test_slow_failures_lock_nothing(brand: Brand, standing: StandingClock) -> None:
    account = customer_account(brand)
    for _ in range(3):
        fail(brand, account.email, FREE_FAILURES_OF_ACCOUNT - 1, standing)
        standing.later(seconds=WINDOW.total_seconds())
    assert log_in(brand, account.email).status == 200


def test_who_gets_in_begins_anew(brand: Brand, standing: StandingClock) -> None:
    account = customer_account(brand)
    for _ in range(4):
        fail(brand, account.email, 3, standing)
        assert log_in(brand, account.email).status == 200


def test_a_stranger_with_an_account_of_the_same_address_wipes_off_no_guesses(
    brand: Brand, standing: StandingClock
) -> None:
    owner = customer_account(brand, "ada@maison.example")
    register(brand, "ada@maison.example", "the passphrase of a stranger")
    for _ in range(FAILURES_BEFORE_LOCK):
        fail(brand, owner.email, 1, standing)
        log_in(brand, owner.email, "the passphrase of a stranger")
        standing.later(seconds=20)
    assert log_in(brand, owner.email).status == 401


def test_one_address_that_tries_many_accounts_is_slowed_down(brand: Brand, standing: StandingClock) -> None:
    statuses = [log_in(brand, f"nobody{number}@maison.example", WRONG).status for number in range(21)]
    assert statuses == [401] * 20 + [429]
    account = customer_account(brand)
    assert log_in(brand, account.email).status == 429
    assert log_in(brand, account.email, ip="198.51.100.7").status == 200


def test_another_brand_s_failures_do_not_count(
    brand: Brand, another_brand: Brand, standing: StandingClock
) -> None:
    customer_account(brand, "ada@maison.example")
    fail(another_brand, "ada@maison.example", FAILURES_BEFORE_LOCK, standing)
    assert log_in(brand, "ada@maison.example").status == 200


def test_what_is_stored_of_failures_names_nobody(brand: Brand) -> None:
    log_in(brand, "ada@maison.example", WRONG)
    with begin(brand, "test") as work:
        stored = str(work.all("SELECT * FROM identity.sign_in_failures"))
    assert "ada@" not in stored
    assert "192.0.2.1" not in stored


def test_a_browser_that_was_not_seen_before_is_told_of(brand: Brand, post: Post) -> None:
    from functions.identity.sign_in import handler

    account = customer_account(brand)
    firefox = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    chrome = {"user-agent": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"}
    for sent in (firefox, firefox, chrome, chrome, firefox):
        body = {"email": account.email, "password": PASSWORD, "device_name": "Call +33 1 23 45 67 89 now"}
        assert send(handler, "/v1/auth/login", brand, body, headers=sent).status == 200
    [mail] = post(brand)
    assert (mail.template, mail.to) == ("new_sign_in", account.email)
    assert (mail.variables["device"], mail.variables["ip"]) == ("Chrome, Windows", "192.0.2.1")
    assert "+33" not in str(mail.variables)


def test_a_million_characters_are_refused_before_they_are_hashed(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "verify", None)
    answer = log_in(brand, customer_account(brand).email, "x" * 1_000_000)
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert log_in(brand, "ada@maison.example", "x" * 1_100_000).status == 413


@pytest.mark.parametrize("field", ["role", "brand_id", "roles", "user_id", "mfa"])
def test_nothing_else_is_taken(brand: Brand, field: str) -> None:
    answer = log_in(brand, "ada@maison.example", **{field: "admin"})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, field)


def test_a_session_of_long_ago_says_nothing_of_now(brand: Brand, standing: StandingClock) -> None:
    account = customer_account(brand)
    token = log_in(brand, account.email).body["access_token"]
    standing.later(seconds=timedelta(minutes=16).total_seconds())
    assert not is_alive(brand, token)
