"""GET /v1/store/products/{slug}: a product with everything its page shows."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from functions.catalog.get_product import handler
from shared.catalog.creation import NewPrice, create_products
from shared.catalog.products import ProductDetail
from shared.inventory import movements
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.settings import forget
from shared.platform.work import begin
from tests.gateway import Answer, call
from tests.shop import LONG_AGO, category, change, euros, product, rename, sell, tag, variant
from tests.stock import some_id

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True, params=["answers kept", "answers written anew"])
def keeping(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A kept answer must be the same as one written anew: every test runs with both."""
    monkeypatch.setenv("KEEP_ANSWERS", "1" if request.param == "answers kept" else "0")
    monkeypatch.setenv("MEDIA_URL", "https://media.example")
    forget()
    yield
    forget()


def get(brand: Brand, slug: str, headers: dict[str, str] | None = None) -> Answer:
    return call(
        handler,
        "GET",
        f"/v1/store/products/{slug}",
        headers={"x-brand": brand.slug, **(headers or {})},
        path_params={"slug": slug},
    )


def review(brand: Brand, product_id: object, rating: int, status: str, hours: int) -> None:
    change(
        brand,
        "INSERT INTO catalog.product_reviews (id, product_id, customer_id, author_name, rating, status, created_at, published_at)"
        " VALUES (%(id)s, %(product)s, %(customer)s, 'Ada', %(rating)s, %(status)s, %(at)s, %(at)s)",
        id=some_id(),
        customer=some_id(),
        product=product_id,
        rating=rating,
        status=status,
        at=LONG_AGO + hours * HOUR,
    )


def test_the_page_holds_everything_of_the_product(brand: Brand) -> None:
    kitchen = category(brand, "cuisine")
    bowl = product(
        "bol",
        variant("BOL-S", euros(1905), title="Petit"),
        variant("BOL-0", euros(2500), title="Grand"),
        category_ids=(kitchen.id,),
        description="<p>Tourné à la main.</p>",
        short_description="Un bol.",
    )
    sell(brand, bowl, units=0)
    with begin(brand, "test") as work:
        movements.move(work, bowl.variants[0].id, "in", 4, "delivery", "test")
    answer = get(brand, "bol")
    assert answer.status == 200
    ProductDetail.model_validate_json(json.dumps(answer.body))
    body = answer.body
    assert body["description"] == "<p>Tourné à la main.</p>"
    assert [shown["available_quantity"] for shown in body["variants"]] == [4, 0]
    assert body["seo"] == {
        "title": "Bol",
        "description": "Un bol.",
        "canonical_url": "https://maison.example/products/bol",
        "og_image": "https://media.example/products/bol.webp",
        "noindex": False,
    }
    assert body["json_ld"]["@type"] == "Product"
    assert body["json_ld"]["offers"] == [
        {
            "@type": "Offer",
            "sku": "BOL-S",
            "url": "https://maison.example/products/bol",
            "price": "19.05",
            "priceCurrency": "EUR",
            "itemCondition": "https://schema.org/NewCondition",
            "availability": "https://schema.org/InStock",
        },
        {
            "@type": "Offer",
            "sku": "BOL-0",
            "url": "https://maison.example/products/bol",
            "price": "25.00",
            "priceCurrency": "EUR",
            "itemCondition": "https://schema.org/NewCondition",
            "availability": "https://schema.org/OutOfStock",
        },
    ]


def test_what_staff_wrote_for_search_engines_is_told_them(brand: Brand) -> None:
    bowl = product("bol")
    sell(brand, bowl)
    assert get(brand, "bol").body["seo"]["title"] == "Bol"
    change(
        brand,
        "INSERT INTO catalog.seo_metadata (entity_type, entity_id, meta_title, canonical_url, noindex)"
        " VALUES ('product', %(id)s, 'Le bol', 'https://x.example/bol', true)",
        id=bowl.id,
    )
    seo = get(brand, "bol").body["seo"]
    assert (seo["title"], seo["canonical_url"], seo["noindex"]) == ("Le bol", "https://x.example/bol", True)


def test_related_are_the_latest_others_of_its_first_category(brand: Brand) -> None:
    kitchen, garden = category(brand, "cuisine"), category(brand, "jardin")
    for number in range(6):
        sell(brand, product(f"p{number}", category_ids=(kitchen.id,), published_at=LONG_AGO + number * HOUR))
    sell(brand, product("pelle", category_ids=(garden.id, kitchen.id)))
    sell(brand, product("seul"))
    related = get(brand, "p4").body["related"]
    assert [other["slug"] for other in related] == ["p5", "p3", "p2", "p1"]
    assert related[0]["price_from"] == {"amount": 1000, "currency": "EUR"}
    assert related[0]["available"] is True
    assert get(brand, "seul").body["related"] == []


def test_those_come_first_that_share_most_of_its_tags_then_what_is_popular(brand: Brand) -> None:
    kitchen = category(brand, "cuisine")
    local, gift = tag(brand, "local"), tag(brand, "cadeau")
    sell(
        brand,
        product("bol", category_ids=(kitchen.id,), tag_ids=(local.id, gift.id)),
        product("none", category_ids=(kitchen.id,), published_at=LONG_AGO + HOUR),
        product("one", category_ids=(kitchen.id,), tag_ids=(gift.id,)),
        product("both", category_ids=(kitchen.id,), tag_ids=(local.id, gift.id)),
        product("loved", category_ids=(kitchen.id,), tag_ids=(gift.id,)),
    )
    change(brand, "UPDATE catalog.product_listings SET popularity = 7 WHERE slug = 'loved'")
    related = [other["slug"] for other in get(brand, "bol").body["related"]]
    assert related == ["both", "loved", "one", "none"]


def test_another_currency_is_told_where_it_is_asked_for(brand: Brand) -> None:
    sell(brand, product("bol", variant("B", euros(1000), NewPrice(currency="USD", amount=900))))
    for currency, amount in (("EUR", 1000), ("USD", 900)):
        answer = call(
            handler,
            "GET",
            "/v1/store/products/bol",
            headers={"x-brand": brand.slug},
            path_params={"slug": "bol"},
            query={"currency": currency},
        )
        assert answer.body["price_from"] == {"amount": amount, "currency": currency}
        assert answer.body["json_ld"]["offers"][0]["priceCurrency"] == currency


def test_published_reviews_are_shown_newest_first(brand: Brand) -> None:
    bowl = product("bol")
    sell(brand, bowl)
    review(brand, bowl.id, 4, "published", 1)
    assert [shown["rating"] for shown in get(brand, "bol").body["reviews"]] == [4]
    review(brand, bowl.id, 1, "pending", 2)
    review(brand, bowl.id, 5, "published", 3)
    assert [shown["rating"] for shown in get(brand, "bol").body["reviews"]] == [5, 4]


def test_a_change_shows_at_once(brand: Brand) -> None:
    bowl = product("bol")
    sell(brand, bowl)
    assert get(brand, "bol").body["title"] == "Bol"
    rename(brand, bowl.id, "Le bol")
    assert get(brand, "bol").body["title"] == "Le bol"
    change(brand, "UPDATE catalog.products SET description = 'Nouveau'")
    assert get(brand, "bol").body["description"] == "Nouveau"
    with begin(brand, "test") as work:
        movements.move(work, bowl.variants[0].id, "out", -10, "broken", "test")
    assert get(brand, "bol").body["available"] is False


def test_what_is_not_published_or_another_brands_is_not_there(brand: Brand, another_brand: Brand) -> None:
    sell(brand, product("draft", status="draft", published_at=None), product("archived", status="archived"))
    sell(brand, product("planned", published_at=clock.now() + HOUR))
    sell(another_brand, product("foreign"))
    for slug in ("draft", "archived", "planned", "foreign", "nowhere", "Pas%20un%20slug", "x" * 500):
        answer = get(brand, slug)
        assert (answer.status, answer.code) == (404, "product_not_found"), slug


def test_the_same_slug_is_another_product_in_another_brand(brand: Brand, another_brand: Brand) -> None:
    sell(brand, product("bol", title="Ours"))
    with begin(another_brand, "test") as work:
        create_products(work, [product("bol", title="Theirs")])
    assert get(brand, "bol").body["title"] == "Ours"
    assert get(another_brand, "bol").body["title"] == "Theirs"


def test_an_answer_revalidates_by_its_etag_until_stock_changes(brand: Brand) -> None:
    bowl = product("bol")
    sell(brand, bowl)
    first = get(brand, "bol")
    etag = {"if-none-match": first.headers["etag"]}
    assert get(brand, "bol", etag).status == 304
    with begin(brand, "test") as work:
        movements.move(work, bowl.variants[0].id, "in", 1, "delivery", "test")
    assert get(brand, "bol", etag).status == 200
