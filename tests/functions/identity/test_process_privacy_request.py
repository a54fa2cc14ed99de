"""POST /v1/admin/privacy-requests/{id}/process."""

from uuid import uuid4

import pytest

from functions.identity.ask_privacy_request import handler as ask
from functions.identity.process_privacy_request import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import Answer, Bus
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")


def process(boss: Person, id: object) -> Answer:
    return boss.call(handler, "POST", "/v1/admin/privacy-requests/{id}/process", id=id)


def test_a_request_is_begun_now_and_may_be_begun_anew(brand: Brand, bus: Bus) -> None:
    ada, boss = Person.member(brand), Person.staff(brand, Role.ADMIN)
    asked = ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "export"}).body["id"]
    for run in (1, 2):
        answer = process(boss, asked)
        assert (answer.status, answer.body["status"]) == (202, "running")
        bus.relay()
        assert [event["data"]["run"] for event in bus.of("data_export.started")][-1] == run
    assert [row.action for row in rows(brand, "SELECT action FROM platform.audit_logs ORDER BY sequence")][
        1:
    ] == ["identity.process_privacy_request"] * 2


def test_other_brands_requests_are_not_there_and_managers_may_not(brand: Brand, another_brand: Brand) -> None:
    ada = Person.member(brand)
    asked = ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "export"}).body["id"]
    stranger = Person.staff(another_brand, Role.ADMIN)
    assert process(stranger, asked).code == "privacy_request_not_found"
    assert process(stranger, uuid4()).status == 404
    assert process(Person.staff(brand, Role.MANAGER), asked).status == 403
