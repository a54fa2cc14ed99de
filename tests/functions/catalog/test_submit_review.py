"""POST /v1/store/products/{slug}/reviews."""

from typing import Any

import pytest

from functions.catalog.get_product import handler as get_product
from functions.catalog.moderate_review import handler as moderate
from functions.catalog.on_products_sold import handler as on_products_sold
from functions.catalog.submit_review import handler
from functions.orders.on_order_paid import handler as on_order_paid
from shared.identity.permissions import Role
from shared.platform import clock
from shared.platform.brands import Brand
from tests.buyers import EMAIL, Buyer, captured, deliver, for_sale
from tests.gateway import Answer, Bus, call
from tests.people import Person, rows
from tests.shop import change, product, sell
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/store/products/{slug}/reviews"
FINE = {"rating": 5, "title": "Parfait", "body": "Il garde le thé chaud."}


def say(person: Person, slug: str = "bol", body: Any = FINE, **more: Any) -> Answer:
    return person.call(handler, "POST", PATH, body, slug=slug, **more)


def page(brand: Brand, slug: str) -> Any:
    path = f"/v1/store/products/{slug}"
    return call(get_product, "GET", path, headers={"x-brand": brand.slug}, path_params={"slug": slug}).body


def test_a_review_waits_for_staff_and_is_told(brand: Brand, bus: Bus) -> None:
    sell(brand, product("bol"))
    ada = Person.member(brand)
    answer = say(ada)
    assert answer.status == 201
    assert answer.body | FINE == answer.body
    assert (answer.body["status"], answer.body["author_name"]) == ("pending", "Ada B.")
    assert answer.body["verified_purchase"] is False
    assert page(brand, "bol")["reviews"] == []
    bus.relay()
    [told] = bus.of("review.submitted")
    assert told["data"]["review_id"] == answer.body["id"]
    assert (told["data"]["rating"], told["data"]["verified_purchase"]) == (5, False)


def test_there_is_one_of_each_customer_and_product_whatever_is_clicked_twice(brand: Brand) -> None:
    sell(brand, product("bol"), product("tasse"))
    ada, bob = Person.member(brand), Person.member(brand)
    assert say(ada).status == 201
    again = say(ada, body={"rating": 1})
    assert (again.status, again.code) == (409, "review_exists")
    key = {"idempotency-key": "abc-123-def"}
    first, replay = say(bob, more=key), say(bob, more=key)
    assert first.body == replay.body
    assert replay.headers["idempotent-replayed"] == "true"
    assert say(ada, slug="tasse").status == 201
    assert len(rows(brand, "SELECT FROM catalog.product_reviews")) == 3


def test_who_has_bought_it_is_verified(brand: Brand, till: Till, bus: Bus) -> None:
    variant = for_sale(brand)
    [slug] = [row.slug for row in rows(brand, "SELECT slug FROM catalog.products")]
    ada, bob = Person.member(brand, "ada@example.com"), Person.member(brand)
    early = say(ada, slug=slug)
    assert early.body["verified_purchase"] is False
    buyer = Buyer.of(brand)
    buyer.add(variant)
    captured(brand, till, bus, buyer.check_out())
    change(brand, "UPDATE orders.orders SET customer_id = %(ada)s", ada=ada.customer_id)
    deliver(bus, on_products_sold, "order.paid")
    [review] = rows(brand, "SELECT verified_purchase FROM catalog.product_reviews")
    assert review.verified_purchase, "what was said before is noted when the thing is paid"
    assert say(bob, slug=slug).body["verified_purchase"] is False


def test_who_bought_as_a_guest_under_an_address_they_have_proved_is_verified(
    brand: Brand, till: Till, bus: Bus
) -> None:
    variant = for_sale(brand)
    [slug] = [row.slug for row in rows(brand, "SELECT slug FROM catalog.products")]
    buyer = Buyer.of(brand)
    buyer.add(variant)
    captured(brand, till, bus, buyer.check_out())
    deliver(bus, on_order_paid, "order.paid")
    ada = Person.member(brand, EMAIL)
    change(brand, "UPDATE identity.users SET email_verified_at = now() WHERE id = %(id)s", id=ada.id)
    assert say(ada, slug=slug).body["verified_purchase"] is True


def test_a_published_review_is_on_the_page_with_the_average(brand: Brand) -> None:
    sell(brand, product("bol"))
    staff = Person.staff(brand, Role.SUPPORT)
    assert page(brand, "bol")["rating"] is None
    assert "aggregateRating" not in page(brand, "bol")["json_ld"]
    for rating in (5, 4, 4):
        said = say(Person.member(brand), body={"rating": rating})
        staff.call(moderate, "PATCH", "/v1/admin/reviews/{id}", {"status": "published"}, id=said.body["id"])
    shown = page(brand, "bol")
    assert shown["rating"] == {"average": 4.33, "count": 3}
    assert len(shown["reviews"]) == 3
    assert shown["json_ld"]["aggregateRating"]["reviewCount"] == 3


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "rating"),
        ({"rating": 0}, "rating"),
        ({"rating": 6}, "rating"),
        ({"rating": 4.5}, "rating"),
        ({"rating": "5"}, "rating"),
        ({"rating": True}, "rating"),
        ({"rating": 5, "title": "x" * 121}, "title"),
        ({"rating": 5, "body": "x" * 5001}, "body"),
        ({"rating": 5, "status": "published"}, "status"),
        ({"rating": 5, "verified_purchase": True}, "verified_purchase"),
        ({"rating": 5, "body": "a\x00b"}, ""),
    ],
)
def test_odd_reviews_are_refused_by_name(brand: Brand, body: Any, field: str) -> None:
    sell(brand, product("bol"))
    answer = say(Person.member(brand), body=body)
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [field]


def test_what_cannot_be_seen_or_turns_text_around_is_left_out(brand: Brand) -> None:
    sell(brand, product("bol"))
    body = {
        "rating": 5,
        "title": "Bien\u202e neib\u0007\nici",
        "body": "Un\r\n\n\n\n\n  deux\u2066 <b>trois</b>",
    }
    answer = say(Person.member(brand), body=body)
    assert answer.body["title"] == "Bien neib ici"
    assert answer.body["body"] == "Un\n\ndeux <b>trois</b>", "plain text, whatever it looks like"


def test_what_is_not_in_the_shop_cannot_be_reviewed(brand: Brand, another_brand: Brand) -> None:
    sell(brand, product("draft", status="draft", published_at=None), product("old", status="archived"))
    sell(brand, product("planned", published_at=clock.now().replace(year=2999)))
    sell(another_brand, product("foreign"))
    ada = Person.member(brand)
    for slug in ("draft", "old", "planned", "foreign", "nowhere"):
        answer = say(ada, slug=slug)
        assert (answer.status, answer.code) == (404, "product_not_found")


def test_strangers_say_nothing(brand: Brand, another_brand: Brand) -> None:
    sell(brand, product("bol"))
    path = "/v1/store/products/bol/reviews"
    nobody = call(handler, "POST", path, FINE, headers={"x-brand": brand.slug}, path_params={"slug": "bol"})
    assert nobody.status == 401
    foreign = Person.member(another_brand)
    sent = {"x-brand": brand.slug, "authorization": f"Bearer {foreign.token}"}
    assert call(handler, "POST", path, FINE, headers=sent, path_params={"slug": "bol"}).status == 401
