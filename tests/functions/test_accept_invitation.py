"""POST /v1/auth/invitations/accept."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from functions.identity.accept_invitation import handler
from functions.identity.sign_in_partner import handler as sign_in_partner
from functions.identity.sign_in_staff import handler as sign_in_staff
from shared.identity.invitations import Invitation, Kind, invite
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.accounts import PASSWORD, customer_account
from tests.gateway import Answer
from tests.mailbox import mails
from tests.ways_in import StandingClock, enrolled, post, second_factor

pytestmark = pytest.mark.usefixtures("issuer")

MALIK = "malik@maison.example"


def invited(brand: Brand, email: str = MALIK, kind: Kind = "staff", role: str = "manager") -> str:
    partner = uuid4() if kind == "partner" else None
    with begin(brand, "test") as work:
        invite(work, Invitation(kind, email, "Malik", role, uuid4(), "Agathe", partner_id=partner))
    return mails(brand)[-1].token


def accept(brand: Brand, token: str, password: str | None = PASSWORD, **more: Any) -> Answer:
    body = {"token": token, **({"password": password} if password is not None else {}), **more}
    return post(handler, "/v1/auth/invitations/accept", brand, body)


def test_somebody_new_chooses_a_password_and_is_in(brand: Brand) -> None:
    answer = accept(brand, invited(brand), name="Malik Renard")
    assert answer.status == 200
    assert answer.body["user"]["roles"] == ["manager"]
    again = post(sign_in_staff, "/v1/admin/auth/login", brand, {"email": MALIK, "password": PASSWORD})
    assert again.status == 200
    with begin(brand, "test") as work:
        user = work.one("SELECT name, email_verified_at IS NOT NULL AS proved FROM identity.users")
        invitation = work.one("SELECT accepted_by FROM identity.invitations")
        entries = work.all("SELECT action, actor_type FROM platform.audit_logs ORDER BY sequence LIMIT 1")
    assert tuple(user or ()) == ("Malik Renard", True)
    assert str((invitation or (None,))[0]) == answer.body["user"]["id"]
    assert [tuple(entry) for entry in entries] == [("identity.accept_invitation", "staff")]


@pytest.mark.parametrize(("role", "told"), [("owner", "partner_owner"), ("staff", "partner")])
def test_a_partner_s_people_join_it_by_the_same_door(brand: Brand, role: str, told: str) -> None:
    answer = accept(brand, invited(brand, kind="partner", role=role))
    assert answer.body["user"]["roles"] == ["member", told]
    body = {"email": MALIK, "password": PASSWORD}
    assert post(sign_in_partner, "/v1/partner/auth/login", brand, body).status == 200
    assert post(sign_in_staff, "/v1/admin/auth/login", brand, body).status == 401


def test_who_has_an_account_proves_that_it_is_theirs(brand: Brand) -> None:
    account = customer_account(brand)
    token = invited(brand, account.email)
    assert accept(brand, token, None).code == "password_needed"
    wrong = accept(brand, token, "a wrong password")
    assert (wrong.status, wrong.code) == (401, "credentials_invalid")
    answer = accept(brand, token)
    assert answer.body["user"] == {"id": str(account.id), "email": account.email, "roles": ["manager"]}


def test_an_invitation_is_no_way_to_guess_a_password(brand: Brand) -> None:
    account = customer_account(brand)
    token = invited(brand, account.email)
    for number in range(5):
        accept(brand, token, f"a wrong password {number}")
    assert accept(brand, token).status in (422, 429)


def test_a_second_factor_is_asked_for_here_too(brand: Brand) -> None:
    account = customer_account(brand)
    _, codes = enrolled(brand, account)
    answer = accept(brand, invited(brand, account.email))
    assert answer.body["mfa_required"] is True
    done = second_factor(brand, answer.body["mfa_token"], codes[0])
    assert done.body["user"]["roles"] == ["manager"]


def test_it_works_once_in_a_race_too(brand: Brand) -> None:
    token = invited(brand)

    def race(_: int) -> int:
        try:
            return accept(brand, token).status
        finally:
            close_all()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(race, range(4)))
    assert statuses == [200, 422, 422, 422]
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.users") == 1


def test_after_a_week_it_is_worth_nothing(brand: Brand, standing: StandingClock) -> None:
    token = invited(brand)
    standing.later(days=7)
    assert accept(brand, token).code == "link_invalid"


def test_a_password_that_anybody_would_guess_is_refused_and_the_link_stays(brand: Brand) -> None:
    token = invited(brand)
    assert accept(brand, token, "short").code == "weak_password"
    assert accept(brand, token, "password1234").code == "common_password"
    assert accept(brand, token, None).code == "password_needed"
    assert accept(brand, token).status == 200


@pytest.mark.parametrize("field", ["role", "email", "partner_id", "is_platform", "brand_id"])
def test_nobody_chooses_what_they_will_be(brand: Brand, field: str) -> None:
    answer = accept(brand, invited(brand), **{field: "admin"})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, field)


def test_another_brand_does_not_know_the_token(brand: Brand, another_brand: Brand) -> None:
    token = invited(brand)
    assert accept(another_brand, token).status == 422
    assert accept(brand, token).status == 200
