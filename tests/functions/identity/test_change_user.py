"""PATCH /v1/admin/users/{user_id}."""

from threading import Barrier, Thread
from typing import Any

import pytest

from functions.identity.change_user import handler
from functions.identity.get_account import handler as get_account
from functions.identity.get_user import handler as get_user
from functions.identity.list_users import handler as list_users
from shared.identity import failures
from shared.identity.email_addresses import account_key
from shared.identity.permissions import Role
from shared.identity.throttling import FAILURES_BEFORE_LOCK
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Answer
from tests.people import Person, rows
from tests.ways_in import log_in, register

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/users/{user_id}"


def change(boss: Person, user: Person, more: dict[str, str] | None = None, /, **wish: Any) -> Answer:
    return boss.call(handler, "PATCH", PATH, wish, user_id=user.id, more=more)


def test_a_new_role_works_at_once_and_is_written_down(brand: Brand) -> None:
    boss, ada = Person.staff(brand, Role.ADMIN), Person.member(brand)
    assert ada.call(get_user, "GET", PATH, user_id=ada.id).status == 403
    assert change(boss, ada, role="manager").body["role"] == "manager"
    assert ada.call(get_user, "GET", PATH, user_id=ada.id).status == 200
    assert change(boss, ada, role="member").body["role"] == "member"
    assert ada.call(get_user, "GET", PATH, user_id=ada.id).status == 403
    changed = [row.changes.get("role") for row in rows(brand, "SELECT changes FROM platform.audit_logs")]
    assert {"before": "member", "after": "manager"} in changed


def test_who_is_suspended_is_out_at_once_and_may_come_back(brand: Brand) -> None:
    boss, ada = Person.staff(brand, Role.ADMIN), Person.member(brand)
    assert change(boss, ada, status="suspended").body["status"] == "suspended"
    assert ada.call(get_account, "GET", "/v1/me").status == 401
    assert change(boss, ada, status="active").body["status"] == "active"
    # The session stays over: whoever held it signs in again.
    assert ada.call(get_account, "GET", "/v1/me").status == 401


def test_who_has_yet_to_prove_the_address_is_no_staff(brand: Brand) -> None:
    boss = Person.staff(brand, Role.ADMIN)
    claimed = register(brand, "manager@maison.example").body["user"]["id"]
    ask = {"role": "manager"}
    answer = boss.call(handler, "PATCH", PATH, ask, user_id=claimed)
    assert (answer.status, answer.code) == (409, "address_unproved")
    assert boss.call(handler, "PATCH", PATH, {"role": "creator"}, user_id=claimed).status == 200


def test_a_locked_account_is_seen_and_opened(brand: Brand) -> None:
    boss, ada = Person.staff(brand, Role.ADMIN), Person.member(brand)
    for _ in range(FAILURES_BEFORE_LOCK):
        with begin(brand, "test") as work:
            failures.count(work, account_key(ada.account.email), "198.51.100.7")
    assert log_in(brand, ada.account.email).status == 401
    assert boss.call(get_user, "GET", PATH, user_id=ada.id).body["status"] == "locked"
    listed = boss.call(list_users, "GET", "/v1/admin/users", query={"status": "locked"}).body["data"]
    assert [user["id"] for user in listed] == [str(ada.id)]
    assert change(boss, ada, name="Augusta").body["status"] == "locked"
    assert change(boss, ada, status="active").body["status"] == "active"
    assert log_in(brand, ada.account.email).status == 200


def test_a_change_for_an_older_version_is_stopped(brand: Brand) -> None:
    boss, ada = Person.staff(brand, Role.ADMIN), Person.member(brand)
    assert change(boss, ada, {"if-match": '"1"'}, name="Augusta").headers["etag"] == '"2"'
    assert change(boss, ada, {"if-match": '"1"'}, name="Ada").status == 412


def test_nobody_changes_their_own_role(brand: Brand) -> None:
    boss = Person.staff(brand, Role.ADMIN)
    answer = change(boss, boss, role="member")
    assert (answer.status, answer.code) == (409, "own_account")


def test_only_its_like_touches_a_platform_account(brand: Brand) -> None:
    boss, platform = Person.staff(brand, Role.ADMIN), Person.staff(brand, Role.ADMIN, platform=True)
    assert change(boss, platform, status="suspended").code == "platform_user"
    assert change(platform, boss, status="suspended").status == 200


def test_two_admins_cannot_take_away_each_other(brand: Brand) -> None:
    bosses = [Person.staff(brand, Role.ADMIN) for _ in range(2)]
    at_once, answers = Barrier(2), list[Answer]()

    def dismiss(boss: Person, other: Person) -> None:
        at_once.wait()
        answers.append(change(boss, other, role="member"))

    threads = [Thread(target=dismiss, args=pair) for pair in ((bosses[0], bosses[1]), (bosses[1], bosses[0]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The second one was either refused for being the last, or was no administrator any more when its turn came.
    assert sorted(answer.status for answer in answers)[0] == 200
    left = rows(brand, "SELECT user_id FROM identity.memberships WHERE role = 'admin'")
    assert len(left) >= 1


@pytest.mark.parametrize(
    "wish",
    [
        {"role": "platform"},
        {"role": None},
        {"status": "closed"},
        {"status": "locked"},
        {"is_platform": True},
        {"email": "x@example.com"},
        {"password_hash": "x"},
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    assert change(Person.staff(brand, Role.ADMIN), Person.member(brand), **wish).status == 422


def test_managers_and_other_brands_may_not(brand: Brand, another_brand: Brand) -> None:
    ada = Person.member(brand)
    assert change(Person.staff(brand, Role.MANAGER), ada, role="creator").status == 403
    assert change(Person.staff(another_brand, Role.ADMIN), ada, role="creator").status == 404
