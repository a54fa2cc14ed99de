"""PATCH /v1/admin/reviews/{id}."""

from typing import Any
from uuid import uuid4

import pytest

from functions.catalog.moderate_review import handler
from functions.catalog.submit_review import handler as submit
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import Answer, call
from tests.people import Person, rows
from tests.shop import product, sell

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/reviews/{id}"


@pytest.fixture
def review(brand: Brand) -> str:
    """A review that waits."""
    sell(brand, product("bol"))
    said = Person.member(brand).call(
        submit, "POST", "/v1/store/products/{slug}/reviews", {"rating": 3}, slug="bol"
    )
    return str(said.body["id"])


def decide(brand: Brand, review: object, body: Any, more: dict[str, str] | None = None) -> Answer:
    return Person.staff(brand, Role.SUPPORT).call(handler, "PATCH", PATH, body, id=review, more=more)


def test_publishing_and_taking_back_keep_the_day_it_was_first_shown(brand: Brand, review: str) -> None:
    shown = decide(brand, review, {"status": "published"})
    assert shown.status == 200
    assert (shown.body["status"], shown.body["version"]) == ("published", 2)
    assert shown.body["published_at"]
    assert shown.body["moderated_by"]
    hidden = decide(brand, review, {"status": "rejected", "reason": "insult"})
    assert (hidden.body["status"], hidden.body["reason"]) == ("rejected", "insult")
    again = decide(brand, review, {"status": "published", "reason": None})
    assert again.body["published_at"] == shown.body["published_at"]
    assert (again.body["reason"], again.body["version"]) == (None, 4)


def test_the_same_decision_twice_changes_nothing(brand: Brand, review: str) -> None:
    first, second = (decide(brand, review, {"status": "published"}) for _ in range(2))
    assert first.body == second.body
    assert decide(brand, review, {}).body == first.body


def test_two_who_decide_at_once_hear_of_each_other(brand: Brand, review: str) -> None:
    version = {"if-match": '"1"'}
    assert decide(brand, review, {"status": "published"}, version).status == 200
    stale = decide(brand, review, {"status": "rejected"}, version)
    assert (stale.status, stale.code) == (412, "version_stale")


def test_it_is_in_the_audit_log(brand: Brand, review: str) -> None:
    decide(brand, review, {"status": "published"})
    actions = [row.action for row in rows(brand, "SELECT action FROM platform.audit_logs")]
    assert "catalog.moderate_review" in actions


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "deleted"}, "status"),
        ({"status": None}, "status"),
        ({"rating": 5}, "rating"),
        ({"reason": "x" * 501}, "reason"),
    ],
)
def test_nothing_else_can_be_changed(brand: Brand, review: str, body: Any, field: str) -> None:
    answer = decide(brand, review, body)
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [field]


def test_who_may(brand: Brand, another_brand: Brand, review: str) -> None:
    body = {"status": "published"}
    member = Person.member(brand)
    assert member.call(handler, "PATCH", PATH, body, id=review).status == 403
    path = f"/v1/admin/reviews/{review}"
    nobody = call(handler, "PATCH", path, body, headers={"x-brand": brand.slug}, path_params={"id": review})
    assert nobody.status == 401
    for brand_asked, asked in ((another_brand, review), (brand, str(uuid4())), (brand, "no-uuid")):
        assert decide(brand_asked, asked, body).status == 404
