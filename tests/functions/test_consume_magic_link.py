"""POST /v1/auth/magic-link/consume."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg import connect

from functions.identity.consume_magic_link import handler
from functions.identity.request_magic_link import handler as request_magic_link
from shared.identity.credentials import Account
from shared.identity.permissions import Role
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.accounts import customer_account
from tests.gateway import Answer
from tests.mailbox import Post
from tests.ways_in import StandingClock, enrolled, is_alive, log_in, register, second_factor
from tests.ways_in import post as send

pytestmark = pytest.mark.usefixtures("issuer")


def consume(brand: Brand, token: str, **more: str) -> Answer:
    return send(handler, "/v1/auth/magic-link/consume", brand, {"token": token, **more})


def token_of(brand: Brand, email: str, post: Post) -> str:
    send(request_magic_link, "/v1/auth/magic-link", brand, {"email": email})
    return [mail for mail in post(brand) if mail.template == "magic_link"][-1].token


def test_the_link_signs_in(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    answer = consume(brand, token_of(brand, account.email, post), device_name="Laptop")
    assert (answer.status, answer.body["user"]["id"]) == (200, str(account.id))
    assert is_alive(brand, answer.body["access_token"])
    with begin(brand, "test") as work:
        session = work.one("SELECT device_name, authenticated_by FROM identity.sessions")
    assert tuple(session or ()) == ("Laptop", "magic_link")


def test_it_works_once_in_a_race_too(brand: Brand, post: Post) -> None:
    token = token_of(brand, customer_account(brand).email, post)

    def race(_: int) -> int:
        try:
            return consume(brand, token).status
        finally:
            close_all()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(race, range(6))) == [200, 401, 401, 401, 401, 401]


def test_after_a_quarter_of_an_hour_it_is_worth_nothing(
    brand: Brand, post: Post, standing: StandingClock
) -> None:
    token = token_of(brand, customer_account(brand).email, post)
    standing.later(minutes=15)
    answer = consume(brand, token)
    assert (answer.status, answer.code) == (401, "sign_in_link_invalid")


def test_the_second_factor_is_asked_for_here_too(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    _, codes = enrolled(brand, account)
    answer = consume(brand, token_of(brand, account.email, post))
    assert answer.body["mfa_required"] is True
    assert second_factor(brand, answer.body["mfa_token"], codes[0]).status == 200


def test_who_holds_the_mailbox_takes_over_what_was_opened_in_its_name(brand: Brand, post: Post) -> None:
    thief = register(brand, "ada@maison.example", "the passphrase of a thief")
    user_id = thief.body["user"]["id"]
    enrolled(brand, Account(user_id, "ada@maison.example", Role.MEMBER))
    answer = consume(brand, token_of(brand, "ada@maison.example", post))
    assert (answer.status, answer.body["user"]["id"]) == (200, user_id)
    assert not is_alive(brand, thief.body["session"]["access_token"])
    assert log_in(brand, "ada@maison.example", "the passphrase of a thief").status == 401
    with begin(brand, "test") as work:
        assert work.value("SELECT email_verified_at IS NOT NULL FROM identity.users") is True


def test_a_link_to_an_account_that_was_closed_since_opens_nothing(
    brand: Brand, post: Post, database: DatabaseUrls
) -> None:
    account = customer_account(brand)
    token = token_of(brand, account.email, post)
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("UPDATE identity.users SET status = 'suspended' WHERE id = %s", (account.id,))
    assert consume(brand, token).status == 401


def test_another_brand_does_not_know_the_token(brand: Brand, another_brand: Brand, post: Post) -> None:
    token = token_of(brand, customer_account(brand).email, post)
    assert consume(another_brand, token).status == 401
    assert consume(brand, token).status == 200
