"""POST /v1/auth/mfa/verify."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.identity.consume_magic_link import handler as consume_magic_link
from shared.identity.one_time_tokens import MOST_TRIES
from shared.identity.permissions import Role
from shared.identity.throttling import FAILURES_BEFORE_LOCK
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.accounts import customer_account, staff_account
from tests.gateway import Answer
from tests.mailbox import Post
from tests.ways_in import StandingClock, enrolled, is_alive, log_in, second_factor
from tests.ways_in import post as send

pytestmark = pytest.mark.usefixtures("issuer")


def challenge(brand: Brand, email: str, **more: str) -> str:
    answer = log_in(brand, email, **more)
    assert answer.body["mfa_required"] is True
    return str(answer.body["mfa_token"])


def test_the_code_of_the_app_opens_a_session_of_two_factors(brand: Brand, standing: StandingClock) -> None:
    account = customer_account(brand)
    app, _ = enrolled(brand, account)
    standing.later(seconds=60)
    answer = second_factor(brand, challenge(brand, account.email, device_name="Laptop"), app.at(standing.now))
    assert answer.status == 200
    assert is_alive(brand, answer.body["access_token"])
    with begin(brand, "test") as work:
        session = work.one("SELECT device_name, authenticated_by, mfa_at FROM identity.sessions")
    assert tuple(session or ()) == ("Laptop", "password", standing.now)


def test_a_code_opens_once_within_its_window(brand: Brand, standing: StandingClock) -> None:
    account = customer_account(brand)
    app, _ = enrolled(brand, account)
    # The code that switched the factor on is spent, too.
    answer = second_factor(brand, challenge(brand, account.email), app.at(standing.now))
    assert (answer.status, answer.code) == (401, "mfa_code_invalid")
    standing.later(seconds=30)
    code = app.at(standing.now)
    assert second_factor(brand, challenge(brand, account.email), code).status == 200
    assert second_factor(brand, challenge(brand, account.email), code).status == 401
    # Nor does an earlier one, which the app showed before.
    earlier = app.at(standing.now, counter_offset=-1)
    assert second_factor(brand, challenge(brand, account.email), earlier).status == 401


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_a_clock_may_be_a_step_slow_or_fast(
    brand: Brand, standing: StandingClock, steps: int, status: int
) -> None:
    account = customer_account(brand)
    app, _ = enrolled(brand, account)
    standing.later(minutes=5)
    code = app.at(standing.now, counter_offset=steps)
    assert second_factor(brand, challenge(brand, account.email), code).status == status


def test_a_recovery_code_opens_once_however_it_is_typed(brand: Brand) -> None:
    account = customer_account(brand)
    _, codes = enrolled(brand, account)
    spelt = codes[0].upper().replace("-", " ")
    assert second_factor(brand, challenge(brand, account.email), spelt).status == 200
    assert second_factor(brand, challenge(brand, account.email), codes[0]).status == 401
    token = challenge(brand, account.email)
    assert second_factor(brand, token, codes[1], field="recovery_code").status == 200


def test_somebody_else_s_codes_open_nothing(brand: Brand) -> None:
    one, other = customer_account(brand), customer_account(brand)
    enrolled(brand, one)
    app, codes = enrolled(brand, other)
    for code in (codes[0], app.now()):
        assert second_factor(brand, challenge(brand, one.email), code).status == 401


def test_a_token_is_worth_five_tries_and_five_minutes(brand: Brand, standing: StandingClock) -> None:
    account = customer_account(brand)
    _, codes = enrolled(brand, account)
    token = challenge(brand, account.email)
    for _ in range(MOST_TRIES):
        assert second_factor(brand, token, "000000").code == "mfa_code_invalid"
    assert second_factor(brand, token, codes[0]).code == "mfa_token_invalid"
    standing.later(minutes=1)
    token = challenge(brand, account.email)
    standing.later(minutes=5)
    assert second_factor(brand, token, codes[0]).code == "mfa_token_invalid"


def test_wrong_codes_lock_the_account_though_the_password_is_known(
    brand: Brand, standing: StandingClock, post: Post
) -> None:
    account = customer_account(brand)
    _, codes = enrolled(brand, account)
    for _ in range(FAILURES_BEFORE_LOCK):
        assert second_factor(brand, challenge(brand, account.email), "000000").status == 401
        standing.later(minutes=1)
    assert log_in(brand, account.email).status == 401
    assert [mail.template for mail in post(brand)] == ["account_locked"]
    assert codes


def test_the_mailed_link_and_a_code_unlock(brand: Brand, standing: StandingClock, post: Post) -> None:
    account = customer_account(brand)
    app, codes = enrolled(brand, account)
    before = challenge(brand, account.email)
    for _ in range(FAILURES_BEFORE_LOCK):
        log_in(brand, account.email, "a wrong password")
        standing.later(seconds=20)
    # Neither the password nor what it had led to opens anything now.
    assert log_in(brand, account.email).status == 401
    assert second_factor(brand, before, codes[0]).status == 401
    [mail] = post(brand)
    link = send(consume_magic_link, "/v1/auth/magic-link/consume", brand, {"token": mail.token})
    assert link.body["mfa_required"] is True
    assert second_factor(brand, link.body["mfa_token"], "000000").status == 401
    standing.later(minutes=1)
    assert second_factor(brand, link.body["mfa_token"], app.at(standing.now)).status == 200
    standing.later(minutes=1)
    assert second_factor(brand, challenge(brand, account.email), app.at(standing.now)).status == 200


def test_of_two_that_use_one_token_at_once_one_gets_in(brand: Brand) -> None:
    account = customer_account(brand)
    _, codes = enrolled(brand, account)
    token = challenge(brand, account.email)

    def race(code: str) -> Answer:
        try:
            return second_factor(brand, token, code)
        finally:
            close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(race, codes[:4]))
    assert sorted(answer.status for answer in answers) == [200, 401, 401, 401]


def test_of_two_that_use_one_code_at_once_one_gets_in(brand: Brand) -> None:
    account = customer_account(brand)
    _, codes = enrolled(brand, account)
    tokens = [challenge(brand, account.email) for _ in range(4)]

    def race(token: str) -> Answer:
        try:
            return second_factor(brand, token, codes[0])
        finally:
            close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(race, tokens))
    assert sorted(answer.status for answer in answers) == [200, 401, 401, 401]


def test_another_brand_does_not_know_the_token(brand: Brand, another_brand: Brand) -> None:
    account = customer_account(brand)
    _, codes = enrolled(brand, account)
    token = challenge(brand, account.email)
    assert second_factor(another_brand, token, codes[0]).code == "mfa_token_invalid"
    assert second_factor(brand, token, codes[0]).status == 200


def test_a_mailed_token_is_no_password(brand: Brand) -> None:
    from shared.identity.one_time_tokens import Purpose, issue

    account = customer_account(brand)
    _, codes = enrolled(brand, account)
    with begin(brand, "test") as work:
        token = issue(work, Purpose.MAGIC_LINK, account.id)
    assert second_factor(brand, token, codes[0]).code == "mfa_token_invalid"


def test_staff_are_written_down_when_they_are_in(brand: Brand) -> None:
    account = staff_account(brand, Role.ADMIN)
    _, codes = enrolled(brand, account)
    second_factor(brand, challenge(brand, account.email), codes[0])
    with begin(brand, "test") as work:
        entries = work.all("SELECT action, actor_id FROM platform.audit_logs")
    assert [tuple(entry) for entry in entries] == [("identity.verify_mfa", account.id)]


@pytest.mark.parametrize("body", [{}, {"code": "123456", "recovery_code": "abcdef"}, {"code": "1" * 41}])
def test_one_code_is_needed(brand: Brand, body: dict[str, str]) -> None:
    from functions.identity.verify_mfa import handler
    from tests.ways_in import post

    answer = post(handler, "/v1/auth/mfa/verify", brand, {"mfa_token": "x", **body})
    assert answer.status == 422
