"""PUT /v1/admin/customers/{customer_id}/tags."""

from typing import Any

import pytest

from functions.identity.set_customer_tags import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import Answer
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/customers/{customer_id}/tags"


def put(brand: Brand, about: Person, tags: Any, **more: Any) -> Answer:
    person = Person.staff(brand, Role.SUPPORT)
    return person.call(handler, "PUT", PATH, {"tags": tags}, customer_id=about.customer_id, more=more)


def test_the_tags_are_these_and_no_others(brand: Brand) -> None:
    ada = Person.member(brand)
    assert put(brand, ada, ["vip", "press", "vip"]).body["tags"] == ["vip", "press"]
    answer = put(brand, ada, ["press"], **{"if-match": '"2"'})
    assert (answer.body["tags"], answer.headers["etag"]) == (["press"], '"3"')
    assert put(brand, ada, [], **{"if-match": '"2"'}).status == 412
    assert put(brand, ada, []).body["tags"] == []


@pytest.mark.parametrize("tags", [["VIP"], ["a b"], [""], ["x" * 41], ["é"], "vip", None, ["x"] * 31])
def test_what_is_no_tag_is_refused(brand: Brand, tags: Any) -> None:
    assert put(brand, Person.member(brand), tags).status == 422


def test_another_brands_customer_is_not_there(brand: Brand, another_brand: Brand) -> None:
    assert put(brand, Person.member(another_brand), ["vip"]).status == 404
