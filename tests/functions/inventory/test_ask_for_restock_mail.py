"""POST /v1/store/products/{slug}/notify-me: who asks is told once, and nobody learns who has asked."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.inventory.ask_for_restock_mail import handler
from shared.inventory import restock_requests
from shared.platform.brands import Brand
from tests.gateway import Answer, call
from tests.people import rows
from tests.shop import product, sell, variant
from tests.warehouse import Keeper, goods, slug_of

pytestmark = pytest.mark.usefixtures("issuer")


def ask(brand: Brand, slug: str, email: str = "ada@example.com", language: str = "", **more: Any) -> Answer:
    path = f"/v1/store/products/{slug}/notify-me"
    headers = {"x-brand": brand.slug, "accept-language": language}
    return call(handler, "POST", path, {"email": email} | more, headers=headers, path_params={"slug": slug})


def waiting(brand: Brand) -> list[tuple[UUID, str, str]]:
    found = rows(brand, "SELECT variant_id, email, locale FROM inventory.restock_requests ORDER BY id")
    return [(row.variant_id, row.email, row.locale) for row in found]


def test_a_request_is_kept_with_the_language_of_who_asks(brand: Brand) -> None:
    mug = goods(brand, 0)
    answer = ask(brand, slug_of(brand, mug), language="en-GB,en;q=0.9")
    assert (answer.status, answer.body) == (202, {"status": "accepted"})
    assert waiting(brand) == [(mug, "ada@example.com", "en-GB")]


def test_asking_twice_in_any_spelling_is_answered_alike_and_kept_once(brand: Brand) -> None:
    mug = goods(brand, 0)
    slug = slug_of(brand, mug)
    first, again = ask(brand, slug), ask(brand, slug, "ADA@Example.com")
    assert (first.status, first.body) == (again.status, again.body)
    assert len(waiting(brand)) == 1


def test_without_a_variant_every_missing_one_is_meant_and_with_one_only_that(brand: Brand) -> None:
    small, medium, large = (variant(f"TEE-{size}") for size in "SML")
    sell(brand, product("tee", small, medium, large), units=1)
    keeper = Keeper.of(brand)
    for each in (small, large):
        keeper.move(each.id, "out", 1)
    assert ask(brand, "tee").status == 202
    assert {found[0] for found in waiting(brand)} == {small.id, large.id}
    assert ask(brand, "tee", "bob@example.com", variant_id=str(large.id)).status == 202
    assert [found[0] for found in waiting(brand) if found[1] == "bob@example.com"] == [large.id]


def test_what_can_be_bought_now_needs_no_waiting(brand: Brand) -> None:
    mug = goods(brand, 1)
    refused = ask(brand, slug_of(brand, mug))
    assert (refused.status, refused.code) == (409, "still_in_stock")
    assert waiting(brand) == []


def test_nobody_can_be_buried_in_mails(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restock_requests, "MOST_WAITING", 2)
    for _ in range(4):
        assert ask(brand, slug_of(brand, goods(brand, 0))).status == 202
    assert len(waiting(brand)) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"email": "nobody"},
        {"email": "a@b.example\r\nBcc: c@d.example"},
        {"email": "x" * 300 + "@example.com"},
        {"email": "ada@example.com", "locale": "fr_FR; DROP"},
        {"email": "ada@example.com", "variant_id": "1"},
        {"email": None},
    ],
)
def test_what_makes_no_sense_is_refused(brand: Brand, body: dict[str, Any]) -> None:
    slug = slug_of(brand, goods(brand, 0))
    assert ask(brand, slug, **body).status == 422


def test_what_is_not_in_the_shop_is_not_there(brand: Brand, another_brand: Brand) -> None:
    draft = goods(brand, 0, status="draft")
    theirs = goods(another_brand, 0)
    for slug in (slug_of(brand, draft), slug_of(another_brand, theirs), "nothing"):
        assert (ask(brand, slug).status, ask(brand, slug).code) == (404, "product_not_found")
    mug = goods(brand, 0)
    assert ask(brand, slug_of(brand, mug), variant_id=str(uuid4())).code == "product_not_found"
