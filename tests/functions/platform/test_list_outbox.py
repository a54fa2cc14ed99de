"""GET /v1/admin/outbox."""

from datetime import timedelta
from typing import Any

import pytest

from functions.platform.list_outbox import handler
from shared.identity.permissions import Role
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.database import Role as DatabaseRole
from shared.platform.events import Event
from shared.platform.work import begin
from tests.accounts import headers, signed_in
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer", "bus")


class LampLitV1(Event):
    n: int


class LampOutV1(Event):
    n: int


def tell(brand: Brand, *numbers: int, kind: type[Event] = LampLitV1) -> None:
    for number in numbers:
        with begin(brand, f"request-{number}", now=clock.now() + timedelta(seconds=number)) as work:
            work.tell(kind.model_validate({"n": number}), key=f"lamp-{number}")


def ask(brand: Brand, role: Role = Role.MANAGER, **query: Any) -> Answer:
    return call(handler, "GET", "/v1/admin/outbox", headers=signed_in(brand, role), query=query)


def numbers(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.body
    return [event["data"]["n"] for event in answer.body["data"]]


def test_events_are_told_with_all_that_is_known_of_them(brand: Brand) -> None:
    tell(brand, 7)
    [event] = ask(brand).body["data"]
    assert (event["type"], event["version"], event["key"]) == ("lamp.lit", 1, "lamp-7")
    assert (event["status"], event["attempts"], event["last_error"]) == ("pending", 0, None)
    assert (event["correlation_id"], event["data"], event["published_at"]) == ("request-7", {"n": 7}, None)


def test_they_are_found_by_status_type_and_key(brand: Brand) -> None:
    tell(brand, 1, 2)
    tell(brand, 3, kind=LampOutV1)
    tell(brand, 4)
    with begin(None, "test", DatabaseRole.JOBS) as work:
        work.run(
            "UPDATE platform.outbox_events SET status = 'published', published_at = %(at)s WHERE data->>'n' < '3'",
            at=work.now,
        )
        work.run("UPDATE platform.outbox_events SET status = 'dead' WHERE data->>'n' = '4'")
    assert numbers(ask(brand)) == [4, 3, 2, 1]
    assert numbers(ask(brand, status="published")) == [2, 1]
    assert numbers(ask(brand, status="dead")) == [4]
    assert numbers(ask(brand, type="lamp.out")) == [3]
    assert numbers(ask(brand, key="lamp-2")) == [2]
    assert numbers(ask(brand, status="dead", type="lamp.out")) == []


def test_pages_are_counted_and_cursors_walk_on_whatever_is_told_meanwhile(brand: Brand) -> None:
    tell(brand, 1, 2, 3, 4, 5)
    first = ask(brand, limit=2)
    assert numbers(first) == [5, 4]
    assert first.body["pagination"] == {"page": 1, "limit": 2, "total": 5, "pages": 3}
    tell(brand, 6)
    second = ask(brand, limit=2, cursor=first.body["next_cursor"])
    third = ask(brand, limit=2, cursor=second.body["next_cursor"])
    assert numbers(second) + numbers(third) == [3, 2, 1]
    assert (third.body["next_cursor"], third.body["pagination"]) == (None, None)


def test_another_brands_events_are_not_there(brand: Brand, another_brand: Brand) -> None:
    tell(another_brand, 1)
    assert numbers(ask(brand)) == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_managers_look(brand: Brand, role: Role) -> None:
    assert ask(brand, role).status == 403
    assert call(handler, "GET", "/v1/admin/outbox", headers=headers(brand)).status == 401


@pytest.mark.parametrize("query", [{"status": "lost"}, {"cursor": "x"}, {"limit": 0}])
def test_a_question_that_makes_no_sense_is_refused(brand: Brand, query: dict[str, Any]) -> None:
    assert ask(brand, **query).status == 422
