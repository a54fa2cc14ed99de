"""POST /v1/me/password."""

from typing import Any

import pytest

from functions.identity.change_password import handler
from functions.identity.refresh_session import handler as refresh
from shared.identity.accounts import create_customer_account
from shared.identity.credentials import Account
from shared.identity.permissions import Role
from shared.identity.recency import RECENT
from shared.identity.throttling import FAILURES_BEFORE_LOCK
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import PASSWORD, customer_account, headers, session_of, staff_account
from tests.gateway import Answer, call
from tests.mailbox import Post
from tests.ways_in import StandingClock, as_member, is_alive, log_in
from tests.ways_in import post as send

pytestmark = pytest.mark.usefixtures("issuer")

NEW = "a new passphrase of mine"


def change(sent: dict[str, str], current: Any = PASSWORD, new: str = NEW) -> Answer:
    body = {"current_password": current, "new_password": new}
    return call(
        handler,
        "POST",
        "/v1/me/password",
        {name: value for name, value in body.items() if value is not ...},
        headers=sent,
    )


def test_the_new_one_opens_and_every_other_session_is_over(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    here, elsewhere = session_of(brand, account), session_of(brand, account)
    answer = change(headers(brand, here.access_token))
    assert (answer.status, answer.body) == (204, "")
    assert is_alive(brand, here.access_token)
    assert not is_alive(brand, elsewhere.access_token)
    spent = send(refresh, "/v1/auth/refresh", brand, {"refresh_token": elsewhere.refresh_token})
    assert spent.status == 401
    assert log_in(brand, account.email).status == 401
    assert log_in(brand, account.email, NEW).status == 200
    assert ("password_changed", account.email) in [(mail.template, mail.to) for mail in post(brand)]


def test_who_does_not_know_the_old_one_may_not(brand: Brand) -> None:
    account = customer_account(brand)
    sent = as_member(brand, account)
    for current in ("a wrong password", ...):
        answer = change(sent, current)
        assert (answer.status, answer.code) == (422, "current_password_wrong")
        assert answer.body["errors"][0]["field"] == "current_password"
    assert log_in(brand, account.email).status == 200


def test_guesses_with_a_stolen_token_lock_the_account(brand: Brand, standing: StandingClock) -> None:
    account = customer_account(brand)
    sent = as_member(brand, account)
    for _ in range(FAILURES_BEFORE_LOCK):
        assert change(sent, "a wrong password").status == 422
        standing.later(seconds=60)
    assert change(sent).status == 429


def test_a_password_that_anybody_would_guess_is_refused(brand: Brand) -> None:
    answer = change(as_member(brand, customer_account(brand)), new="password1234")
    assert (answer.status, answer.code) == (422, "common_password")
    assert answer.body["errors"][0]["field"] == "new_password"


def test_who_has_none_yet_sets_one_right_after_signing_in(brand: Brand, standing: StandingClock) -> None:
    with begin(brand, "test") as work:
        user_id, _ = create_customer_account(work, "ada@maison.example", None, "Ada", "Byron")
    sent = as_member(brand, Account(user_id, "ada@maison.example", Role.MEMBER))
    standing.later(seconds=RECENT.total_seconds())
    assert change(sent, ...).code == "recent_sign_in_required"
    sent = as_member(brand, Account(user_id, "ada@maison.example", Role.MEMBER))
    assert change(sent, ...).status == 204
    assert log_in(brand, "ada@maison.example", NEW).status == 200


def test_it_is_written_down(brand: Brand) -> None:
    account = staff_account(brand, Role.ADMIN)
    change(as_member(brand, account))
    with begin(brand, "test") as work:
        entries = work.all("SELECT action, actor_id, changes FROM platform.audit_logs")
    assert [tuple(entry) for entry in entries] == [("identity.change_password", account.id, {})]


def test_another_brand_does_not_know_the_session(brand: Brand, another_brand: Brand) -> None:
    token = session_of(brand, customer_account(brand)).access_token
    assert change(headers(another_brand, token)).status == 401
    assert change(headers(brand)).status == 401
