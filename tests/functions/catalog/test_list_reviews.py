"""GET /v1/admin/reviews."""

from typing import Any
from uuid import uuid4

import pytest

from functions.catalog.list_reviews import handler
from functions.catalog.submit_review import handler as submit
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import Answer, call
from tests.people import Person
from tests.shop import change, product, sell

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/reviews"


@pytest.fixture
def shop(brand: Brand) -> Brand:
    """Two products, three reviews, one published."""
    sell(brand, product("bol"), product("tasse"))
    for slug, rating in (("bol", 5), ("bol", 2), ("tasse", 4)):
        said = Person.member(brand).call(
            submit, "POST", "/v1/store/products/{slug}/reviews", {"rating": rating}, slug=slug
        )
        assert said.status == 201
    change(
        brand,
        "UPDATE catalog.product_reviews SET status = 'published', published_at = created_at WHERE rating = 5",
    )
    return brand


def ask(brand: Brand, **query: Any) -> Answer:
    return Person.staff(brand, Role.SUPPORT).call(handler, "GET", PATH, query=query)


def ratings(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.body
    return [each["rating"] for each in answer.body["data"]]


def test_the_latest_come_first_with_their_product(shop: Brand) -> None:
    answer = ask(shop)
    assert ratings(answer) == [4, 2, 5]
    assert answer.body["pagination"] == {"page": 1, "limit": 20, "total": 3, "pages": 1}
    first = answer.body["data"][0]
    assert (first["product_slug"], first["status"], first["version"]) == ("tasse", "pending", 1)
    assert first["author_name"] == "Ada B."


def test_filters_and_sorts(shop: Brand) -> None:
    assert ratings(ask(shop, status="pending")) == [4, 2]
    assert ratings(ask(shop, status="published")) == [5]
    assert ratings(ask(shop, rating=2)) == [2]
    assert ratings(ask(shop, sort="rating")) == [2, 4, 5]
    assert ratings(ask(shop, sort="-rating", limit=1)) == [5]
    assert ratings(ask(shop, sort="created_at", page=2, limit=2)) == [4]
    product_id = ask(shop, rating=4).body["data"][0]["product_id"]
    assert ratings(ask(shop, product_id=product_id)) == [4]
    assert ratings(ask(shop, customer_id=uuid4())) == []
    assert ratings(ask(shop, verified_purchase="true")) == []
    assert ask(shop, rating=9).status == 422
    assert ask(shop, status="secret").status == 422


def test_another_brands_reviews_are_not_there(shop: Brand, another_brand: Brand) -> None:
    assert ratings(ask(another_brand)) == []


def test_only_staff_may_read_them(shop: Brand) -> None:
    assert Person.member(shop).call(handler, "GET", PATH).status == 403
    assert call(handler, "GET", PATH, headers={"x-brand": shop.slug}).status == 401
