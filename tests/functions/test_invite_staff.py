"""POST /v1/admin/staff."""

from threading import Barrier, Thread
from typing import Any

import pytest

from functions.identity.accept_invitation import handler as accept
from functions.identity.invite_staff import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, headers, session_of, signed_in, staff_account
from tests.gateway import Answer, call
from tests.mailbox import mails
from tests.ways_in import post

pytestmark = pytest.mark.usefixtures("issuer")

NEW = "malik@maison.example"


def invite(sent: dict[str, str], email: str = NEW, role: str = "manager", **more: Any) -> Answer:
    return call(handler, "POST", "/v1/admin/staff", {"email": email, "role": role, **more}, headers=sent)


def test_somebody_is_mailed_an_invitation(brand: Brand) -> None:
    admin = staff_account(brand, Role.ADMIN)
    answer = invite(headers(brand, session_of(brand, admin).access_token), name="Malik Renard")
    assert answer.status == 201
    assert answer.body.items() >= {"email": NEW, "role": "manager", "name": "Malik Renard"}.items()
    [mail] = mails(brand)
    assert (mail.template, mail.to) == ("invitation", NEW)
    assert mail.variables.items() >= {"kind": "staff", "role": "manager", "invited_by": "Admin"}.items()
    assert mail.token not in mail.stored
    assert mail.token not in str(answer.body)


def test_nobody_is_made_until_they_accept(brand: Brand) -> None:
    invite(signed_in(brand, Role.ADMIN))
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.users") == 1


def test_a_second_invitation_takes_the_place_of_the_first(brand: Brand) -> None:
    sent = signed_in(brand, Role.ADMIN)
    invite(sent)
    invite(sent, role="support")
    first, second = mails(brand)
    path, password = "/v1/auth/invitations/accept", "a passphrase of mine"
    assert post(accept, path, brand, {"token": first.token, "password": password}).status == 422
    answer = post(accept, path, brand, {"token": second.token, "password": password})
    assert answer.body["user"]["roles"] == ["support"]


def test_of_two_at_once_the_later_one_takes_the_place_of_the_other(brand: Brand) -> None:
    sent, at_once, answers = signed_in(brand, Role.ADMIN), Barrier(4), list[Answer]()

    def ask(role: str) -> None:
        at_once.wait()
        answers.append(invite(sent, role=role))

    threads = [Thread(target=ask, args=[role]) for role in ("support", "manager", "support", "creator")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [201] * 4
    with begin(brand, "test") as work:
        open_ones = work.all("SELECT id FROM identity.invitations WHERE revoked_at IS NULL")
    assert len(open_ones) == 1


def test_who_works_here_already_is_not_invited(brand: Brand) -> None:
    answer = invite(signed_in(brand, Role.ADMIN), staff_account(brand, Role.SUPPORT).email)
    assert (answer.status, answer.code) == (409, "already_on_the_team")


def test_a_customer_may_be_asked_to_join(brand: Brand) -> None:
    assert invite(signed_in(brand, Role.ADMIN), customer_account(brand).email).status == 201


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT, Role.MANAGER])
def test_only_admins_invite(brand: Brand, role: Role) -> None:
    assert invite(signed_in(brand, role)).status == 403


def test_another_brand_s_admin_does_not(brand: Brand, another_brand: Brand) -> None:
    token = session_of(another_brand, staff_account(another_brand, Role.ADMIN)).access_token
    assert invite(headers(brand, token)).status == 401


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"role": "platform"}, "role"),
        ({"role": "member"}, "role"),
        ({"role": "owner"}, "role"),
        ({"email": "not an address"}, "email"),
        ({"email": "x@maison.example\nBcc: y@maison.example"}, "email"),
        ({"is_platform": True}, "is_platform"),
        ({"partner_id": "x"}, "partner_id"),
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, changed: dict[str, Any], field: str) -> None:
    body = {"email": NEW, "role": "support", **changed}
    answer = call(handler, "POST", "/v1/admin/staff", body, headers=signed_in(brand, Role.ADMIN))
    assert answer.status == 422
    assert field in [error["field"] for error in answer.body["errors"]]


def test_it_is_written_down_without_the_address(brand: Brand) -> None:
    invite(signed_in(brand, Role.ADMIN))
    with begin(brand, "test") as work:
        [entry] = work.all("SELECT action, changes, resource FROM platform.audit_logs")
    assert entry.action == "identity.invite_staff"
    assert entry.changes == {"role": {"after": "manager"}}
    assert NEW not in str(entry)
