"""GET /v1/admin/webhook-events."""

from datetime import timedelta
from typing import Any

import pytest

from functions.billing.list_webhook_events import handler
from shared.billing import webhook_store
from shared.identity.permissions import Role
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import headers, signed_in
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def arrive(brand: Brand, *numbers: int, kind: str = "payment_intent.succeeded", done: bool = False) -> None:
    for number in numbers:
        with begin(brand, "test", now=clock.now() + timedelta(seconds=number)) as work:
            payload = {"data": {"object": {"id": f"pi_{number}"}}}
            stored = webhook_store.add(work, "stripe", f"evt_{brand.slug}_{number}", kind, payload)
            assert stored
            if done:
                webhook_store.mark_processed(work, stored)


def ask(brand: Brand, role: Role = Role.MANAGER, **query: Any) -> Answer:
    return call(handler, "GET", "/v1/admin/webhook-events", headers=signed_in(brand, role), query=query)


def objects(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [event["object_id"] for event in answer.body["data"]]


def test_webhooks_are_told_and_found_by_type_and_whether_they_were_acted_upon(brand: Brand) -> None:
    arrive(brand, 1, done=True)
    arrive(brand, 2, kind="charge.refunded")
    arrive(brand, 3)
    answer = ask(brand)
    assert objects(answer) == ["pi_3", "pi_2", "pi_1"]
    newest = answer.body["data"][0]
    assert (newest["provider"], newest["event_id"], newest["processed_at"]) == (
        "stripe",
        "evt_maison_3",
        None,
    )
    assert "payload" not in newest
    assert objects(ask(brand, processed="true")) == ["pi_1"]
    assert objects(ask(brand, processed="false", type="charge.refunded")) == ["pi_2"]
    assert objects(ask(brand, provider="paypal")) == []


def test_pages_are_counted_and_cursors_walk_on_whatever_arrives_meanwhile(brand: Brand) -> None:
    arrive(brand, 1, 2, 3, 4, 5)
    first = ask(brand, limit=2)
    assert objects(first) == ["pi_5", "pi_4"]
    assert first.body["pagination"] == {"page": 1, "limit": 2, "total": 5, "pages": 3}
    arrive(brand, 6)
    second = ask(brand, limit=2, cursor=first.body["next_cursor"])
    third = ask(brand, limit=2, cursor=second.body["next_cursor"])
    assert objects(second) + objects(third) == ["pi_3", "pi_2", "pi_1"]
    assert (third.body["next_cursor"], third.body["pagination"]) == (None, None)


def test_another_brands_webhooks_are_not_there(brand: Brand, another_brand: Brand) -> None:
    arrive(another_brand, 1)
    assert objects(ask(brand)) == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_managers_look(brand: Brand, role: Role) -> None:
    assert ask(brand, role).status == 403
    assert call(handler, "GET", "/v1/admin/webhook-events", headers=headers(brand)).status == 401


@pytest.mark.parametrize("query", [{"provider": "x"}, {"processed": "perhaps"}, {"cursor": "x"}])
def test_a_question_that_makes_no_sense_is_refused(brand: Brand, query: dict[str, Any]) -> None:
    assert ask(brand, **query).status == 422
