"""POST /v1/me/mfa/confirm."""

import pytest
from psycopg import connect
from pyotp import TOTP

from functions.identity.confirm_mfa import handler
from functions.identity.enrol_mfa import handler as enrol_mfa
from functions.orders.list_orders import handler as list_orders
from shared.identity.permissions import Role
from shared.identity.second_factors import RECOVERY_CODES
from shared.migrations.provision import DatabaseUrls
from shared.platform import brands, clock
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, headers, session_of, signed_in, staff_account
from tests.gateway import Answer, call
from tests.mailbox import Post
from tests.ways_in import as_member, log_in

pytestmark = pytest.mark.usefixtures("issuer")


def confirm(sent: dict[str, str], code: str) -> Answer:
    return call(handler, "POST", "/v1/me/mfa/confirm", {"code": code}, headers=sent)


def app_of(sent: dict[str, str]) -> TOTP:
    return TOTP(call(enrol_mfa, "POST", "/v1/me/mfa", headers=sent).body["secret"])


def code_of(app: TOTP) -> str:
    return str(app.at(clock.now()))


def test_a_first_code_switches_it_on_and_answers_the_recovery_codes(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    sent = as_member(brand, account)
    answer = confirm(sent, code_of(app_of(sent)))
    assert answer.status == 200
    codes = answer.body["recovery_codes"]
    assert len(set(codes)) == RECOVERY_CODES
    assert all(len(code) == 19 for code in codes)
    assert log_in(brand, account.email).body["mfa_required"] is True
    assert [(mail.template, mail.to) for mail in post(brand)] == [("mfa_enabled", account.email)]
    with begin(brand, "test") as work:
        stored = work.all("SELECT code_hash FROM identity.mfa_recovery_codes")
    assert len(stored) == RECOVERY_CODES
    assert not any(codes[0].encode() in row.code_hash for row in stored)


def test_a_wrong_code_switches_nothing_on(brand: Brand) -> None:
    account = customer_account(brand)
    sent = as_member(brand, account)
    app_of(sent)
    answer = confirm(sent, "000000")
    assert (answer.status, answer.code) == (401, "mfa_code_invalid")
    assert "access_token" in log_in(brand, account.email).body


def test_there_must_be_one_to_confirm(brand: Brand) -> None:
    sent = signed_in(brand, Role.MEMBER)
    assert confirm(sent, "000000").code == "mfa_not_started"
    app = app_of(sent)
    confirm(sent, code_of(app))
    assert confirm(sent, code_of(app)).code == "mfa_already_enabled"


@pytest.mark.parametrize("code", ["12345", "1234567", "12345x", "", "١٢٣٤٥٦"])
def test_a_code_has_six_digits(brand: Brand, code: str) -> None:
    answer = confirm(signed_in(brand, Role.MEMBER), code)
    assert answer.status in (401, 409, 422)
    assert answer.code != "internal_error"


def test_staff_of_a_brand_that_asks_for_it_work_only_with_it(brand: Brand, database: DatabaseUrls) -> None:
    account = staff_account(brand, Role.ADMIN)
    before = as_member(brand, account)
    assert call(list_orders, "GET", "/v1/admin/orders", headers=before).status == 200
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("""UPDATE platform.brands SET settings = '{"staff_mfa_required": true}'""")
    brands.forget()
    refused = call(list_orders, "GET", "/v1/admin/orders", headers=before)
    assert (refused.status, refused.code) == (403, "second_factor_required")
    # Enrolling is what such a session is still good for, and then for everything.
    assert confirm(before, code_of(app_of(before))).status == 200
    assert call(list_orders, "GET", "/v1/admin/orders", headers=before).status == 200


def test_another_brand_does_not_know_the_session(brand: Brand, another_brand: Brand) -> None:
    token = session_of(brand, customer_account(brand)).access_token
    assert confirm(headers(another_brand, token), "000000").status == 401
