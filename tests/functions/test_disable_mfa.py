"""DELETE /v1/me/mfa."""

import pytest
from psycopg import connect

from functions.identity.disable_mfa import handler
from shared.identity.permissions import Role
from shared.identity.recency import RECENT
from shared.identity.sessions import Device, open_session
from shared.migrations.provision import DatabaseUrls
from shared.platform import brands
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, headers, session_of, staff_account
from tests.gateway import Answer, call
from tests.mailbox import Post
from tests.ways_in import StandingClock, as_member, enrolled, log_in

pytestmark = pytest.mark.usefixtures("issuer")


def disable(sent: dict[str, str]) -> Answer:
    return call(handler, "DELETE", "/v1/me/mfa", headers=sent)


def test_the_password_is_enough_again_and_the_owner_is_told(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    enrolled(brand, account)
    answer = disable(as_member(brand, account))
    assert (answer.status, answer.body) == (204, "")
    assert "access_token" in log_in(brand, account.email).body
    assert ("mfa_disabled", account.email) in [(mail.template, mail.to) for mail in post(brand)]
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.mfa_recovery_codes") == 0


def test_there_must_be_one(brand: Brand) -> None:
    answer = disable(as_member(brand, customer_account(brand)))
    assert (answer.status, answer.code) == (409, "mfa_not_enabled")


def test_a_session_of_ten_minutes_ago_may_not(brand: Brand, standing: StandingClock) -> None:
    account = customer_account(brand)
    enrolled(brand, account)
    sent = as_member(brand, account)
    standing.later(seconds=RECENT.total_seconds())
    assert disable(sent).code == "recent_sign_in_required"


def test_staff_of_a_brand_that_asks_for_it_keep_it(brand: Brand, database: DatabaseUrls) -> None:
    account = staff_account(brand, Role.ADMIN)
    enrolled(brand, account)
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("""UPDATE platform.brands SET settings = '{"staff_mfa_required": true}'""")
    brands.forget()
    with begin(brand, "test") as work:
        session = open_session(work, account, Device("", "", None), second_factor=True)
    answer = disable(headers(brand, session.access_token))
    assert (answer.status, answer.code) == (409, "mfa_required_by_brand")


def test_another_brand_does_not_know_the_session(brand: Brand, another_brand: Brand) -> None:
    account = customer_account(brand)
    enrolled(brand, account)
    token = session_of(brand, account).access_token
    assert disable(headers(another_brand, token)).status == 401
    assert disable(headers(brand)).status == 401
