"""POST /v1/auth/password/reset."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.identity.request_password_reset import handler as forgot
from functions.identity.reset_password import handler
from shared.identity import passwords
from shared.identity.credentials import Account
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.accounts import PASSWORD, customer_account, session_of
from tests.gateway import Answer
from tests.mailbox import Post
from tests.ways_in import StandingClock, enrolled, is_alive, log_in, register, second_factor
from tests.ways_in import post as send

pytestmark = pytest.mark.usefixtures("issuer")

NEW = "a new passphrase of mine"


def reset(brand: Brand, token: str, password: str = NEW) -> Answer:
    return send(handler, "/v1/auth/password/reset", brand, {"token": token, "password": password})


def token_of(brand: Brand, email: str, post: Post) -> str:
    send(forgot, "/v1/auth/password/forgot", brand, {"email": email})
    return [mail for mail in post(brand) if mail.template == "password_reset"][-1].token


def test_a_new_password_opens_and_the_old_one_and_every_session_are_over(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    session = session_of(brand, account)
    answer = reset(brand, token_of(brand, account.email, post))
    assert (answer.status, answer.body) == (204, "")
    assert log_in(brand, account.email, PASSWORD).status == 401
    assert log_in(brand, account.email, NEW).status == 200
    assert not is_alive(brand, session.access_token)
    assert "password_changed" in [mail.template for mail in post(brand)]


def test_it_works_once_in_a_race_too(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    token = token_of(brand, account.email, post)

    def race(number: int) -> int:
        try:
            return reset(brand, token, f"the passphrase of caller {number}").status
        finally:
            close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(race, range(4))) == [204, 422, 422, 422]


def test_other_links_that_were_mailed_are_worth_nothing_any_more(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    first, second = token_of(brand, account.email, post), token_of(brand, account.email, post)
    assert reset(brand, second).status == 204
    assert reset(brand, first).status == 422


def test_after_an_hour_it_is_worth_nothing(brand: Brand, post: Post, standing: StandingClock) -> None:
    account = customer_account(brand)
    token = token_of(brand, account.email, post)
    standing.later(hours=1)
    assert reset(brand, token).code == "link_invalid"


def test_a_password_that_is_refused_leaves_the_link_as_it_was(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    token = token_of(brand, account.email, post)
    assert reset(brand, token, "short").status == 422
    assert reset(brand, token, "password1234").code == "common_password"
    assert reset(brand, token, f"{account.email}1").code == "common_password"
    assert reset(brand, token).status == 204


def test_the_second_factor_stays(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    _, codes = enrolled(brand, account)
    reset(brand, token_of(brand, account.email, post))
    answer = log_in(brand, account.email, NEW)
    assert second_factor(brand, answer.body["mfa_token"], codes[0]).status == 200


def test_the_owner_of_an_address_gets_rid_of_who_claimed_it(brand: Brand, post: Post) -> None:
    thief = register(brand, "ada@maison.example", "the passphrase of a thief")
    user_id = thief.body["user"]["id"]
    enrolled(brand, Account(user_id, "ada@maison.example", None))  # type: ignore[arg-type]
    reset(brand, token_of(brand, "ada@maison.example", post))
    assert not is_alive(brand, thief.body["session"]["access_token"])
    assert log_in(brand, "ada@maison.example", "the passphrase of a thief").status == 401
    answer = log_in(brand, "ada@maison.example", NEW)
    assert (answer.status, answer.body["user"]["id"]) == (200, user_id)


def test_another_brand_does_not_know_the_token(brand: Brand, another_brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    assert reset(another_brand, token_of(brand, account.email, post)).status == 422


def test_a_million_characters_are_refused_before_they_are_hashed(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "hash_password", None)
    assert reset(brand, "x", "x" * 1_000_000).code == "validation_failed"
