"""PATCH /v1/admin/alerts/{id}."""

from typing import Any
from uuid import uuid4

import pytest

from functions.platform.acknowledge_alert import handler
from shared.identity.permissions import Role
from shared.platform import alerts
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import headers, session_of, signed_in, staff_account
from tests.deeds import log
from tests.functions.platform.test_list_alerts import raise_alert
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def patch(brand: Brand, alert: object, state: Any = "acknowledged", **more: str) -> Answer:
    return send(alert, signed_in(brand, Role.SUPPORT) | more, state)


def send(alert: object, sent: dict[str, str], state: Any = "acknowledged") -> Answer:
    path, params = f"/v1/admin/alerts/{alert}", {"id": str(alert)}
    return call(handler, "PATCH", path, {"state": state}, headers=sent, path_params=params)


def test_who_looks_after_an_alert_is_told(brand: Brand) -> None:
    alert = raise_alert(brand, "mild")
    account = staff_account(brand, Role.SUPPORT)
    answer = send(alert, headers(brand, session_of(brand, account).access_token))
    assert answer.status == 200, answer.body
    assert (answer.body["state"], answer.body["acknowledged_by"]) == ("acknowledged", str(account.id))
    assert (answer.body["version"], answer.headers["etag"]) == (2, '"2"')
    [entry] = log(brand)
    assert entry["changes"] == {"state": {"before": "open", "after": "acknowledged"}}
    assert entry["resource"] == {"id": str(alert)}


def test_it_can_be_given_back(brand: Brand) -> None:
    alert = raise_alert(brand, "mild")
    patch(brand, alert)
    answer = patch(brand, alert, "open")
    assert (answer.body["state"], answer.body["acknowledged_by"], answer.body["version"]) == ("open", None, 3)


def test_what_was_changed_meanwhile_is_not_changed_again(brand: Brand) -> None:
    alert = raise_alert(brand, "mild")
    assert patch(brand, alert, if_match="x").status == 200
    sent = {"if-match": '"1"'}
    answer = patch(brand, alert, "open", **sent)
    assert (answer.status, answer.body["version"]) == (412, 2)
    assert patch(brand, alert, "open", **{"if-match": '"2"'}).status == 200


def test_an_alert_that_is_over_is_not_acknowledged(brand: Brand) -> None:
    alert = raise_alert(brand, "mild")
    with begin(brand, "test") as work:
        alerts.resolve(work, alert)
    answer = patch(brand, alert)
    assert (answer.status, answer.code) == (409, "alert_resolved")


def test_what_is_not_there_or_not_yours_is_not_found(brand: Brand, another_brand: Brand) -> None:
    for alert in (uuid4(), raise_alert(another_brand, "mild"), "x"):
        assert patch(brand, alert).status == 404


@pytest.mark.parametrize("state", ["resolved", "x", None, 1])
def test_a_state_that_is_not_staffs_to_set_is_refused(brand: Brand, state: Any) -> None:
    assert patch(brand, raise_alert(brand, "mild"), state).status == 422


def test_only_staff_may(brand: Brand) -> None:
    alert = raise_alert(brand, "mild")
    assert send(alert, signed_in(brand, Role.MEMBER)).status == 403
    assert send(alert, headers(brand)).status == 401
