"""GET /v1/store/products: searching, narrowing down, counting."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.catalog.list_products import ProductList, handler
from shared.catalog import listings, spelling
from shared.catalog.creation import NewPrice
from shared.catalog.listings import Sort
from shared.catalog.narrowing import Wanted
from shared.inventory import movements
from shared.platform import brands, clock
from shared.platform.brands import Brand
from shared.platform.settings import forget
from shared.platform.work import begin
from tests.gateway import Answer, call
from tests.shop import LONG_AGO, category, change, euros, product, rename, sell, tag, variant

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MEDIA_URL", "https://media.example")
    forget()
    listings.forget()
    spelling.forget()
    yield
    forget()


def get(brand: Brand, **query: object) -> Answer:
    return call(handler, "GET", "/v1/store/products", query=query, headers={"x-brand": brand.slug})


def found(brand: Brand, **query: object) -> list[str]:
    answer = get(brand, **query)
    assert answer.status == 200, answer.body
    ProductList.model_validate_json(json.dumps(answer.body))
    slugs = [each["slug"] for each in answer.body["data"]]
    assert answer.body["pagination"]["total"] >= len(slugs)
    return slugs


@pytest.fixture
def shop(brand: Brand) -> Brand:
    """A small French shop, the first product the oldest."""
    kitchen, table = category(brand, "cuisine"), category(brand, "table", position=1)
    local = tag(brand, "fait-main")
    things = (
        ("cafetiere", "Cafetière italienne", "Pour un café serré.", kitchen, ()),
        ("tasses", "Tasses à café", "Deux tasses en grès émaillé.", table, (local.id,)),
        ("bol", "Bol à soupe", "Un grand bol, tourné à la main.", table, (local.id,)),
        ("couteau", "Couteau d’office", "Lame en acier, manche en hêtre.", kitchen, ()),
        ("shoes", "Running shoes", "Light shoes for runners.", table, ()),
        ("oeuf", "Œufrier", "Pour les œufs à la coque.", table, ()),
    )
    for number, (slug, title, short, where, tags) in enumerate(things):
        sell(
            brand,
            product(
                slug,
                variant(f"SKU-{slug}", euros(1000 + 500 * number)),
                title=title,
                short_description=short,
                description=f"<p>Décrit&nbsp;longuement : <b>{slug}verbe</b>.</p>",
                category_ids=(where.id,),
                tag_ids=tags,
                published_at=LONG_AGO + number * HOUR,
            ),
        )
    return brand


@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        ("cafetière", {"cafetiere"}),
        ("CAFETIERE", {"cafetiere"}),
        ("tasse", {"tasses"}),
        ("tasses a cafe", {"tasses"}),
        ("café tasses", {"tasses"}),
        ("café", {"cafetiere", "tasses"}),
        ("shoe", {"shoes"}),
        ("run", {"shoes"}),
        ("running shoe", {"shoes"}),
        ("oeufs", {"oeuf"}),
        ("œuf", {"oeuf"}),
        ("hetre", {"couteau"}),
        ("couteau d'office", {"couteau"}),
        ("fait main", {"tasses", "bol"}),
        ("SKU-bol", {"bol"}),
        ("soupe italienne", set()),
        ("cuisine", {"cafetiere", "couteau"}),
        ("bolverbe", {"bol"}),
        ("couteaux", {"couteau"}),
    ],
)
def test_words_are_found_in_any_form_and_order_without_accents(
    shop: Brand, typed: str, slugs: set[str]
) -> None:
    answer = get(shop, q=typed)
    assert {each["slug"] for each in answer.body["data"]} == slugs
    assert answer.body["corrected_query"] is None


@pytest.mark.parametrize(
    ("typed", "slugs"), [("caf", {"cafetiere", "tasses"}), ("bol sou", {"bol"}), ("co", {"couteau", "oeuf"})]
)
def test_the_last_word_may_be_the_beginning_of_one(shop: Brand, typed: str, slugs: set[str]) -> None:
    assert set(found(shop, q=typed)) == slugs


@pytest.mark.parametrize(
    ("typed", "corrected", "slugs"),
    [
        ("cafetiére itallienne", "cafetiere italienne", {"cafetiere"}),
        ("coutaeu", "couteau", {"couteau"}),
        ("cuoteau", "couteau", {"couteau"}),
        ("runing shoos", "running shoes", {"shoes"}),
        ("xyzzyqwert", None, set()),
        ("zz", None, set()),
    ],
)
def test_a_typing_error_is_corrected_by_the_brands_own_words_and_said(
    shop: Brand, typed: str, corrected: str | None, slugs: set[str]
) -> None:
    answer = get(shop, q=typed)
    assert answer.body["corrected_query"] == corrected
    assert {each["slug"] for each in answer.body["data"]} == slugs
    assert answer.body["pagination"]["total"] == len(slugs)


def test_a_word_of_another_brand_corrects_nothing(shop: Brand, another_brand: Brand) -> None:
    sell(another_brand, product("xylophone", title="Xylophone"))
    assert get(shop, q="xylofone").body["corrected_query"] is None
    assert get(another_brand, q="xylofone").body["corrected_query"] == "xylophone"


def test_what_is_corrected_keeps_the_filters_and_what_they_exclude_is_no_error(shop: Brand) -> None:
    answer = get(shop, q="coutaeu", category="table")
    assert (answer.body["corrected_query"], answer.body["data"]) == (None, [])


def test_a_title_is_worth_more_than_a_mention_and_what_is_popular_comes_before_its_like(brand: Brand) -> None:
    sell(brand, product("mention", title="Plateau", short_description="Pour le bol et la tasse."))
    sell(brand, product("titre", title="Bol bleu", short_description="Du grès."))
    sell(brand, product("texte", title="Assiette", description="<p>Va avec le bol.</p>"))
    assert found(brand, q="bol") == ["titre", "mention", "texte"]
    sell(brand, product("pareil", title="Bol vert", short_description="Du grès."))
    change(brand, "UPDATE catalog.search_entries SET popularity = 9 WHERE title_key = 'bol bleu'")
    assert found(brand, q="bol")[:2] == ["titre", "pareil"]


def test_words_that_say_nothing_are_left_out_unless_nothing_else_is_asked(shop: Brand) -> None:
    assert set(found(shop, q="le bol de la soupe")) == {"bol"}
    assert found(shop, q="nous vous") == []
    sell(shop, product("groupe", title="Les"))
    assert found(shop, q="les")[0] == "groupe"


def test_words_that_say_nothing_in_the_visitors_language_are_left_out_too(shop: Brand) -> None:
    assert found(shop, q="the shoes for a runner") == []
    assert found(shop, q="shoes for a runner") == ["shoes"]
    assert found(shop, q="cafetière à café") == ["cafetiere"]
    # An article, or tea whose accent nobody types: in a French shop it is tea.
    sell(shop, product("theiere", title="Théière", short_description="Pour le thé vert."))
    assert found(shop, q="the vert") == ["theiere"]
    spelling.forget()
    assert get(shop, q="the vret").body["corrected_query"] == "the vert"


def test_an_english_shop_leaves_out_french_words_that_say_nothing(shop: Brand) -> None:
    change(shop, "UPDATE platform.brands SET locale = 'en' WHERE id = platform.current_brand()")
    brands.forget()
    assert found(shop, q="une tasse pour les cafés") == []
    assert found(shop, q="la tasse des cafés") == ["tasses"]
    assert found(shop, q="shoes of the runner") == ["shoes"]
    # It may become "deux".
    assert found(shop, q="tasses de") == ["tasses"]
    assert get(shop, q="des coutaeux").body["corrected_query"] == "des couteau"


def test_what_is_tagged_is_found_by_the_tags_new_title(shop: Brand) -> None:
    assert found(shop, q="artisanal") == []
    change(shop, "UPDATE catalog.tags SET title = 'Artisanal' WHERE slug = 'fait-main'")
    assert set(found(shop, q="artisanal")) == {"tasses", "bol"}


@pytest.mark.parametrize(
    "typed",
    [
        "!!!",
        "☕",
        "'",
        "\\",
        "&|!():*<->",
        "' | 'bol",
        "bol') OR 1=1 --",
        "b:*A & !x",
        "%",
        "_",
        "🫖🫖",
        "\u200b",
    ],
)
def test_what_is_no_word_is_harmless(shop: Brand, typed: str) -> None:
    answer = get(shop, q=typed)
    assert answer.status == 200
    assert len(answer.body["data"]) <= 1


def test_arabic_greek_and_cyrillic_are_words_too(brand: Brand) -> None:
    for slug, title in (("ar", "فِنْجَان قهوة"), ("gr", "Φλιτζάνι ΚΑΦΈΣ"), ("ru", "Чашка Кофе"), ("he", "סֵפֶל")):
        sell(brand, product(slug, title=title))
    assert found(brand, q="فنجان") == ["ar"]
    assert found(brand, q="καφες") == ["gr"]
    assert found(brand, q="кофе") == ["ru"]
    assert found(brand, q="ספל") == ["he"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200))
def test_anything_may_be_typed(shop: Brand, typed: str) -> None:
    assert get(shop, q=typed).status in (200, 422)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"q": "x" * 201}, "q"),
        ({"q": "x" * 10_000}, "q"),
        ({"q": ["a", "b"]}, "q"),
        ({"page": -1, "q": "bol"}, "page"),
        ({"page": 10**9, "q": "bol"}, "page"),
        ({"price_min": -1}, "price_min"),
        ({"price_min": 10**19}, "price_min"),
        ({"producer": "nobody"}, "producer"),
        ({"level": "god"}, "level"),
        ({"options": "Taille"}, "options.0"),
        ({"options": ":L"}, "options.0"),
        ({"options": ["a:b"] * 21}, "options"),
        ({"currency": "euro"}, "currency"),
        ({"in_stock": "maybe"}, "in_stock"),
        ({"sort": "best"}, "sort"),
    ],
)
def test_odd_filters_are_named(brand: Brand, query: dict[str, Any], field: str) -> None:
    answer = get(brand, **query)
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [field]


def test_a_nul_character_is_refused(brand: Brand) -> None:
    answer = call(handler, "GET", "/v1/store/products", raw_query="q=a%00b", headers={"x-brand": brand.slug})
    assert answer.status == 400


def test_deep_pages_are_empty_and_still_say_how_many_there_are(shop: Brand) -> None:
    for query in ({"q": "café"}, {}, {"category": "table"}, {"sort": "price"}):
        answer = get(shop, page=100_000, limit=100, **query)
        assert answer.status == 200
        assert answer.body["data"] == []
        assert answer.body["pagination"]["total"] > 0


def test_filters_narrow_down_together(brand: Brand) -> None:
    kitchen, garden = category(brand, "cuisine"), category(brand, "jardin")
    maker, other = uuid4(), uuid4()
    small = {"options": {"Taille": "S", "Couleur": "Bleu"}}
    large = {"options": {"Taille": "L", "Couleur": "Bleu"}}
    sell(
        brand,
        product("a", variant("A1", euros(500), price_points=50, **small), category_ids=(kitchen.id,), partner_id=maker),
        product("b", variant("B1", euros(1500), price_points=150, **large), category_ids=(kitchen.id,), partner_id=other, min_level="ambassadeur"),
        product("c", variant("C1", euros(2500)), category_ids=(garden.id,), min_level="protecteur"),
    )  # fmt: skip
    assert set(found(brand, category="cuisine")) == {"a", "b"}
    assert found(brand, producer=maker) == ["a"]
    assert found(brand, producer=uuid4()) == []
    assert set(found(brand, options="Couleur:Bleu")) == {"a", "b"}
    assert set(found(brand, options=["Taille:S", "Taille:L"])) == {"a", "b"}
    assert found(brand, options=["Taille:S", "Couleur:Bleu"]) == ["a"]
    assert found(brand, options=["Taille:S", "Couleur:Rouge"]) == []
    assert found(brand, price_min=600, price_max=2000) == ["b"]
    assert found(brand, price_max=500) == ["a"], "ends included"
    assert found(brand, points_min=100) == ["b"]
    assert found(brand, level="explorateur") == ["a"]
    assert set(found(brand, level="protecteur")) == {"a", "c"}
    assert set(found(brand, level="ambassadeur")) == {"a", "b", "c"}
    assert found(brand, category="cuisine", level="protecteur", price_max=900) == ["a"]


def test_facets_count_what_the_current_filter_finds(brand: Brand) -> None:
    kitchen, garden = category(brand, "cuisine"), category(brand, "jardin", position=1)
    local = tag(brand, "local")
    maker = uuid4()
    sell(
        brand,
        product("a", variant("A1", euros(500), price_points=50, options={"Taille": "S"}), variant("A2", euros(700), options={"Taille": "L"}), category_ids=(kitchen.id,), tag_ids=(local.id,), partner_id=maker),
        product("b", variant("B1", euros(1500), options={"Taille": "S"}), category_ids=(kitchen.id,), min_level="protecteur"),
    )  # fmt: skip
    sell(brand, product("c", variant("C1", euros(2500)), category_ids=(garden.id,)), units=0)
    change(brand, "UPDATE catalog.products SET producer_name = 'Atelier' WHERE slug = 'a'")
    assert get(brand).body["filters"] == {
        "categories": [
            {"slug": "cuisine", "title": "Cuisine", "count": 2},
            {"slug": "jardin", "title": "Jardin", "count": 1},
        ],
        "tags": [{"slug": "local", "title": "Local", "count": 1}],
        "producers": [{"id": str(maker), "name": "Atelier", "count": 1}],
        "levels": [
            {"slug": "explorateur", "title": "Explorateur", "count": 2},
            {"slug": "protecteur", "title": "Protecteur", "count": 3},
            {"slug": "ambassadeur", "title": "Ambassadeur", "count": 3},
        ],
        "options": [{"name": "Taille", "values": [{"value": "S", "count": 2}, {"value": "L", "count": 1}]}],
        "price": {"min": {"amount": 500, "currency": "EUR"}, "max": {"amount": 2500, "currency": "EUR"}},
        "points": {"min": 50, "max": 50},
        "in_stock": 2,
    }
    narrowed = get(brand, category="cuisine", options="Taille:L").body["filters"]
    assert narrowed["options"] == [
        {"name": "Taille", "values": [{"value": "L", "count": 1}, {"value": "S", "count": 1}]}
    ]
    assert narrowed["price"]["max"]["amount"] == 500


def test_every_facet_finds_as_many_as_it_counts(shop: Brand) -> None:
    for words in ({}, {"q": "café"}):
        told = get(shop, **words).body["filters"]
        for kind, name in (("categories", "category"), ("tags", "tag")):
            for facet in told[kind]:
                answer = get(shop, **words, **{name: facet["slug"]})
                assert answer.body["pagination"]["total"] == facet["count"]
        assert get(shop, **words, in_stock=True).body["pagination"]["total"] == told["in_stock"]


def test_what_is_in_stock_follows_each_sale_at_once(brand: Brand) -> None:
    bowl, cup = product("bol"), product("tasse", variant("T1"), variant("T2"))
    sell(brand, bowl, cup, units=0)
    assert found(brand, in_stock="true") == []
    with begin(brand, "test") as work:
        movements.move(work, bowl.variants[0].id, "in", 1, "delivery", "test")
        movements.move(work, cup.variants[1].id, "in", 1, "delivery", "test")
    assert set(found(brand, in_stock="true")) == {"bol", "tasse"}
    assert get(brand, q="bol").body["filters"]["in_stock"] == 1
    with begin(brand, "test") as work:
        movements.move(work, bowl.variants[0].id, "out", -1, "broken", "test")
    assert found(brand, in_stock="true") == ["tasse"]
    assert set(found(brand)) == {"bol", "tasse"}
    change(brand, "DELETE FROM catalog.product_variants WHERE sku = 'T2'")
    assert found(brand, in_stock="true") == []


def test_sorts_of_what_is_found(shop: Brand) -> None:
    assert found(shop, q="café", sort="price") == ["cafetiere", "tasses"]
    assert found(shop, q="café", sort="price_desc") == ["tasses", "cafetiere"]
    assert found(shop, q="café", sort="newest") == ["tasses", "cafetiere"]
    assert found(shop, q="café", sort="title") == ["cafetiere", "tasses"]
    assert found(shop, q="café", sort="-title") == ["tasses", "cafetiere"]
    change(shop, "UPDATE catalog.search_entries SET popularity = 5 WHERE title_key LIKE 'cafet%%'")
    assert found(shop, q="café", sort="popularity") == ["cafetiere", "tasses"]
    assert found(shop, sort="relevance") == found(shop, sort="newest")


def test_pages_of_what_is_found_follow_each_other(brand: Brand) -> None:
    sell(brand, *(product(f"bol-{number}", title="Bol") for number in range(11)))
    for sort in ("relevance", "newest", "price", "-price", "title", "popularity"):
        pages = [found(brand, q="bol", sort=sort, page=page, limit=4) for page in (1, 2, 3)]
        assert [len(page) for page in pages] == [4, 4, 3]
        assert len({slug for page in pages for slug in page}) == 11


def test_sales_change_order_range_and_filter_by_the_clock(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, end = clock.now() + HOUR, clock.now() + 2 * HOUR
    sell(brand, product("cher", variant("C", euros(3000), euros(500, starts_at=start, ends_at=end))))
    sell(brand, product("moyen", variant("M", euros(1000))))
    for query in ({}, {"q": "cher moyen"}):
        assert query == {"q": "cher moyen"} or found(brand, sort="price", **query) == ["moyen", "cher"]
    assert found(brand, price_max=900) == []
    monkeypatch.setattr(clock, "now", lambda: start)
    assert found(brand, sort="price") == ["cher", "moyen"]
    assert found(brand, sort="-price") == ["moyen", "cher"]
    assert found(brand, price_max=900) == ["cher"]
    assert get(brand).body["filters"]["price"]["min"]["amount"] == 500
    monkeypatch.setattr(clock, "now", lambda: end)
    assert found(brand, sort="price") == ["moyen", "cher"]
    assert found(brand, price_max=900) == []
    assert get(brand).body["filters"]["price"]["min"]["amount"] == 1000


def test_another_currency_finds_what_is_sold_in_it_at_its_prices(brand: Brand) -> None:
    both = (euros(1000), NewPrice(currency="USD", amount=900))
    sell(brand, product("deux", variant("D", *both)), product("un", variant("U", euros(500))))
    sell(brand, product("trois", variant("T", euros(100), NewPrice(currency="USD", amount=1200))))
    answer = get(brand, currency="USD", sort="price")
    assert [each["slug"] for each in answer.body["data"]] == ["deux", "trois"]
    assert answer.body["data"][0]["price_from"] == {"amount": 900, "currency": "USD"}
    assert answer.body["filters"]["price"]["max"] == {"amount": 1200, "currency": "USD"}
    assert found(brand, currency="USD", price_max=1000) == ["deux"]
    assert found(brand, currency="CHF") == []
    assert found(brand, sort="price") == ["trois", "un", "deux"]


def test_what_is_not_sold_comes_last_in_the_order_of_prices(brand: Brand) -> None:
    sell(brand, product("a", variant("A", euros(500))), product("b", variant("B", NewPrice(currency="USD", amount=1))))  # fmt: skip
    assert found(brand, sort="price") == found(brand, sort="-price") == ["a", "b"]


def test_drafts_plans_archives_and_other_brands_are_not_found(
    brand: Brand, another_brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = clock.now() + 24 * HOUR
    sell(brand, product("draft", title="Bol", status="draft", published_at=None))
    sell(brand, product("archived", title="Bol", status="archived"))
    sell(brand, product("planned", title="Bol", published_at=tomorrow))
    sell(another_brand, product("foreign", title="Bol"))
    assert found(brand, q="bol") == []
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert found(brand, q="bol") == ["planned"]


def test_a_change_is_found_at_once(brand: Brand) -> None:
    bowl = product("bol", title="Bol", description="<p>Ancien</p>")
    sell(brand, bowl)
    assert found(brand, q="ancien") == ["bol"]
    change(brand, "UPDATE catalog.products SET description = '<p>Moderne</p>'")
    assert (found(brand, q="ancien"), found(brand, q="moderne")) == ([], ["bol"])
    rename(brand, bowl.id, "Coupe")
    assert (found(brand, q="coupe"), found(brand, q="moderne")) == (["bol"], ["bol"])
    change(brand, "UPDATE catalog.products SET status = 'archived'")
    assert found(brand, q="coupe") == []


def test_many_products_are_counted_seldom_and_few_always(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(brand, product("a"), product("b"))
    monkeypatch.setattr(listings, "MANY", 2)
    assert get(brand).body["pagination"]["total"] == 2
    sell(brand, product("c"))
    answer = get(brand)
    assert len(answer.body["data"]) == 3, "the page itself is never behind"
    assert answer.body["pagination"]["total"] == 2
    later = clock.now() + listings.MANY_FOR
    monkeypatch.setattr(clock, "now", lambda: later)
    assert get(brand).body["pagination"]["total"] == 3


def test_a_list_is_in_the_same_order_whether_it_is_walked_or_found(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    kitchen = category(brand, "cuisine")
    start, end = LONG_AGO, clock.now() + HOUR
    for number in range(12):
        sale = (euros(150, starts_at=start, ends_at=end),) if number % 5 == 0 else ()
        prices = (
            (euros(1000 - 100 * (number % 4)), *sale)
            if number != 7
            else (NewPrice(currency="USD", amount=1),)
        )
        sold = variant(f"S{number}", *prices)
        opened = LONG_AGO + (number % 3) * HOUR
        sell(brand, product(f"p{number}", sold, title=f"Bol {number % 2}", category_ids=(kitchen.id,), published_at=opened), units=0)  # fmt: skip
    popular = "UPDATE catalog.{} SET popularity = 5 WHERE product_id IN (SELECT id FROM catalog.products WHERE slug IN ('p3', 'p4'))"
    for table in ("product_listings", "search_entries"):
        change(brand, popular.format(table))
    wanted = Wanted("EUR", category="cuisine")
    sorts: tuple[Sort, ...] = ("newest", "popularity", "price", "-price", "title", "-title")

    def page(sort: Sort, worth_walking: int, deep: int) -> list[Any]:
        monkeypatch.setattr(listings, "_WORTH_WALKING", worth_walking)
        monkeypatch.setattr(listings, "_DEEP", deep)
        with begin(brand, "test") as work:
            return [card["slug"] for card in listings.page(work, wanted, sort, 5, 5).cards]

    for sort in sorts:
        by_number = page(sort, 10**6, 200)
        assert len(by_number) == 5
        assert page(sort, 1, 200) == page(sort, 1, 0) == by_number, sort
