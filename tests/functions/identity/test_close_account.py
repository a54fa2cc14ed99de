"""DELETE /v1/me."""

import pytest

from functions.identity.close_account import handler
from functions.identity.get_account import handler as get_account
from functions.identity.update_account import handler as update_account
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import Bus
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")


def test_the_account_ends_at_once(brand: Brand, bus: Bus) -> None:
    ada = Person.member(brand)
    ada.call(update_account, "PATCH", "/v1/me", {"marketing_opt_in": True})
    assert ada.call(handler, "DELETE", "/v1/me").status == 204
    assert ada.call(get_account, "GET", "/v1/me").status == 401
    assert ada.call(handler, "DELETE", "/v1/me").status == 401
    [request] = rows(
        brand, "SELECT kind, asked_by, due_at - asked_at AS within FROM identity.privacy_requests"
    )
    assert (request.kind, request.asked_by, request.within.days) == ("erase", "self", 30)
    said = rows(brand, "SELECT granted, source FROM identity.marketing_consents ORDER BY id")
    assert tuple(said[-1]) == (False, "closing")
    bus.relay()
    assert [event["data"]["user_id"] for event in bus.of("account.closed")] == [str(ada.id)]
    [mail] = rows(brand, "SELECT recipient, template FROM notifications.mails")
    assert (mail.recipient, mail.template) == (ada.account.email, "privacy_request_received")
    [entry] = rows(brand, "SELECT action, actor_type FROM platform.audit_logs")
    assert tuple(entry) == ("identity.close_account", "member")


def test_the_last_administrator_stays(brand: Brand) -> None:
    boss = Person.staff(brand, Role.ADMIN)
    answer = boss.call(handler, "DELETE", "/v1/me")
    assert (answer.status, answer.code) == (409, "last_admin")
    assert boss.call(get_account, "GET", "/v1/me").status == 200
    Person.staff(brand, Role.ADMIN)
    assert boss.call(handler, "DELETE", "/v1/me").status == 204
