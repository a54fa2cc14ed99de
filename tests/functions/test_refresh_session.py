"""POST /v1/auth/refresh."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from psycopg import connect

from functions.identity.refresh_session import handler
from functions.identity.sign_out import handler as sign_out
from shared.identity.permissions import Role
from shared.identity.sessions import REFRESH_LIFETIME
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.accounts import headers, session_of, staff_account
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer")


def refresh(brand: Brand, token: str) -> Answer:
    return call(handler, "POST", "/v1/auth/refresh", {"refresh_token": token}, headers=headers(brand))


def is_alive(brand: Brand, answer: Answer) -> bool:
    signed_in = headers(brand, answer.body["access_token"])
    return call(sign_out, "POST", "/v1/auth/logout", headers=signed_in).status == 204


def told(brand: Brand) -> list[str]:
    with begin(brand, "test") as work:
        return [row.type for row in work.all("SELECT type FROM platform.outbox_events")]


def test_a_refresh_token_buys_new_tokens_of_the_same_session(brand: Brand) -> None:
    account = staff_account(brand, Role.ADMIN)
    session = session_of(brand, account)
    answer = refresh(brand, session.refresh_token)
    assert answer.status == 200
    assert answer.body["user"] == {"id": str(account.id), "email": account.email, "roles": ["admin"]}
    assert answer.body["refresh_token"] != session.refresh_token
    assert refresh(brand, answer.body["refresh_token"]).status == 200
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.sessions") == 1


def test_new_tokens_say_the_role_of_today(brand: Brand, database: DatabaseUrls) -> None:
    account = staff_account(brand, Role.ADMIN)
    session = session_of(brand, account)
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("UPDATE identity.memberships SET role = 'support' WHERE user_id = %s", (account.id,))
    assert refresh(brand, session.refresh_token).body["user"]["roles"] == ["support"]


def test_a_spent_token_that_comes_back_ends_the_session_and_is_told(brand: Brand) -> None:
    session = session_of(brand, staff_account(brand, Role.ADMIN))
    renewed = refresh(brand, session.refresh_token)
    again = refresh(brand, session.refresh_token)
    assert (again.status, again.code) == (401, "refresh_token_invalid")
    assert refresh(brand, renewed.body["refresh_token"]).status == 401
    assert not is_alive(brand, renewed)
    assert refresh(brand, session.refresh_token).status == 401
    assert told(brand) == ["refresh_token.reused"]


def test_another_session_of_the_same_account_goes_on(brand: Brand) -> None:
    account = staff_account(brand, Role.ADMIN)
    stolen, other = session_of(brand, account), session_of(brand, account)
    refresh(brand, stolen.refresh_token)
    refresh(brand, stolen.refresh_token)
    assert is_alive(brand, refresh(brand, other.refresh_token))


def test_in_a_race_one_wins_and_then_the_session_ends(brand: Brand) -> None:
    session = session_of(brand, staff_account(brand, Role.ADMIN))

    def race(_: int) -> Answer:
        try:
            return refresh(brand, session.refresh_token)
        finally:
            close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(race, range(8)))
    won = [answer for answer in answers if answer.status == 200]
    assert len(won) == 1
    assert {answer.status for answer in answers} == {200, 401}
    assert refresh(brand, won[0].body["refresh_token"]).status == 401
    assert told(brand) == ["refresh_token.reused"]


def test_a_token_of_thirty_days_ago_is_dead(brand: Brand) -> None:
    account, now = staff_account(brand, Role.ADMIN), datetime.now(UTC)
    old = session_of(brand, account, now - REFRESH_LIFETIME - timedelta(seconds=1))
    recent = session_of(brand, account, now - REFRESH_LIFETIME + timedelta(minutes=1))
    assert refresh(brand, old.refresh_token).status == 401
    assert refresh(brand, recent.refresh_token).status == 200


def test_the_token_of_a_locked_or_deleted_account_buys_nothing(brand: Brand, database: DatabaseUrls) -> None:
    for change in ("status = 'locked'", "deleted_at = now()"):
        account = staff_account(brand, Role.ADMIN)
        session = session_of(brand, account)
        with connect(database.jobs, autocommit=True) as jobs:
            jobs.execute(f"UPDATE identity.users SET {change} WHERE id = %s".encode(), (account.id,))
        assert refresh(brand, session.refresh_token).status == 401


@pytest.mark.parametrize("token", ["x", "é" * 200, "' OR 1=1 --", "eyJhbGciOiJub25lIn0.e30."])
def test_an_unknown_token_is_refused(brand: Brand, token: str) -> None:
    answer = refresh(brand, token)
    assert (answer.status, answer.code) == (401, "refresh_token_invalid")


def test_another_brand_does_not_know_the_token_and_spends_nothing(brand: Brand, another_brand: Brand) -> None:
    session = session_of(brand, staff_account(brand, Role.ADMIN))
    assert refresh(another_brand, session.refresh_token).status == 401
    assert refresh(brand, session.refresh_token).status == 200
