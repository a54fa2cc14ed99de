"""GET /v1/admin/alerts."""

from typing import Any
from uuid import UUID

import pytest

from functions.platform.list_alerts import handler
from shared.identity.permissions import Role
from shared.platform import alerts
from shared.platform.alerts import Finding, Level
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import headers, signed_in
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def raise_alert(brand: Brand, rule: str, level: Level = "warning", subject: str = "x") -> UUID:
    with begin(brand, "test") as work:
        alerts.raise_alert(work, Finding(None, rule, subject, level, f"{rule} is wrong.", {"n": 1}))
        found: UUID = work.value(
            "SELECT id FROM platform.alerts WHERE rule = %(rule)s AND subject = %(subject)s",
            rule=rule,
            subject=subject,
        )
    return found


def ask(brand: Brand, role: Role = Role.SUPPORT, **query: Any) -> Answer:
    return call(handler, "GET", "/v1/admin/alerts", headers=signed_in(brand, role), query=query)


def rules(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [alert["rule"] for alert in answer.body["data"]]


def test_standing_alerts_come_first_and_the_worse_before_the_others(brand: Brand) -> None:
    with begin(brand, "test") as work:
        work.run("SELECT 1")
    over = raise_alert(brand, "over", "critical")
    raise_alert(brand, "mild")
    raise_alert(brand, "grave", "critical")
    with begin(brand, "test") as work:
        assert alerts.resolve(work, over) == 1
        assert alerts.resolve(work, over) == 0
    answer = ask(brand)
    assert rules(answer) == ["grave", "mild", "over"]
    first, *_, last = answer.body["data"]
    assert (first["level"], first["state"], first["message"]) == ("critical", "open", "grave is wrong.")
    assert (first["details"], first["version"], first["acknowledged_by"]) == ({"n": 1}, 1, None)
    assert (last["state"], last["resolved_at"] is None) == ("resolved", False)


def test_they_are_found_by_state_level_and_rule(brand: Brand) -> None:
    raise_alert(brand, "mild")
    raise_alert(brand, "grave", "critical")
    assert rules(ask(brand, level="critical")) == ["grave"]
    assert rules(ask(brand, rule="mild")) == ["mild"]
    assert rules(ask(brand, state="resolved")) == []


def test_pages_are_counted(brand: Brand) -> None:
    for number in range(3):
        raise_alert(brand, "mild", subject=str(number))
    answer = ask(brand, limit=2, page=2)
    assert len(rules(answer)) == 1
    assert answer.body["pagination"] == {"page": 2, "limit": 2, "total": 3, "pages": 2}


def test_another_brands_alerts_are_not_there(brand: Brand, another_brand: Brand) -> None:
    raise_alert(another_brand, "mild")
    assert rules(ask(brand)) == []


def test_only_staff_look(brand: Brand) -> None:
    assert ask(brand, Role.MEMBER).status == 403
    assert call(handler, "GET", "/v1/admin/alerts", headers=headers(brand)).status == 401


@pytest.mark.parametrize("query", [{"state": "x"}, {"level": "x"}, {"limit": 0}])
def test_a_question_that_makes_no_sense_is_refused(brand: Brand, query: dict[str, Any]) -> None:
    assert ask(brand, **query).status == 422
