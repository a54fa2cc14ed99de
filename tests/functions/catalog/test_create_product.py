"""POST /v1/admin/products."""

import threading
from typing import Any

import pytest

from functions.catalog.create_product import handler
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.editors import Editor, euros, look, priced
from tests.gateway import Answer
from tests.people import rows

pytestmark = pytest.mark.usefixtures("issuer")


def create(editor: Editor, **wish: Any) -> Answer:
    return editor.do("create_product", {"title": "Bol Dyle"} | wish)


def test_a_new_product_is_a_draft_with_all_that_was_asked_for(brand: Brand) -> None:
    editor = Editor.of(brand)
    kitchen, table = editor.category("Cuisine"), editor.category("Table")
    wish = {
        "title": "Café « Sablon » — 500 g",
        "description": "<p onclick='x()'>Rond</p><script>alert(1)</script>",
        "short_description": "Rond et\nchocolaté",
        "min_level": "protecteur",
        "is_hero_product": True,
        "category_ids": [table["id"], kitchen["id"]],
        "tags": ["Fait main", "bio", "fait-main"],
        "variants": [
            priced("CAF-S", 990, options={"Taille": "S"}, compare_at_price=euros(1200), weight_g=265),
            priced("CAF-L", 1800, options={"Taille": "L"}, price_points=180, tax_category="reduced"),
        ],
    }
    answer = editor.do("create_product", wish)
    made = answer.body
    assert (answer.status, answer.headers["etag"], made["version"]) == (201, '"1"', 1)
    assert (made["slug"], made["status"], made["published_at"]) == ("cafe-sablon-500-g", "draft", None)
    assert (made["description"], made["short_description"]) == ("<p>Rond</p>", "Rond et chocolaté")
    assert [each["slug"] for each in made["categories"]] == ["table", "cuisine"]
    assert made["tags"] == ["fait-main", "bio"]
    assert made["options"] == [{"name": "Taille", "values": ["S", "L"]}]
    small, large = made["variants"]
    assert (small["sku"], small["price"], small["compare_at_price"]) == ("CAF-S", euros(990), euros(1200))
    assert (large["price_points"], large["tax_category"], large["position"]) == (180, "reduced", 1)
    assert editor.do("get_admin_product", product_id=made["id"]).body == made
    assert look(brand, made["slug"]).status == 404


def test_slugs_are_numbered_when_the_plain_one_is_taken_and_leave_old_addresses_alone(brand: Brand) -> None:
    editor = Editor.of(brand)
    assert [editor.product(variants=[])["slug"] for _ in range(3)] == ["bol-dyle", "bol-dyle-2", "bol-dyle-3"]
    editor.do("create_redirect", {"from_path": "/products/tasse", "to_path": "/products/bol-dyle"})
    assert create(editor, title="Tasse").body["slug"] == "tasse-2"
    assert create(editor, title="!!! ???").body["slug"] == "products"
    assert create(editor, title="日本のお茶").body["slug"].isascii()


def test_a_product_may_be_priced_in_several_currencies_in_points_or_in_nothing_yet(brand: Brand) -> None:
    editor = Editor.of(brand)
    francs = {"price": {"amount": 1100, "currency": "CHF"}}
    sale = {"price": euros(800), "starts_at": "2026-12-01T00:00:00Z", "ends_at": "2027-01-01T00:00:00+01:00"}
    [both] = create(editor, variants=[priced("A", prices=[francs, sale])]).body["variants"]
    assert [(each["price"]["currency"], each["price"]["amount"]) for each in both["prices"]] == [
        ("CHF", 1100),
        ("EUR", 1000),
        ("EUR", 800),
    ]
    assert both["prices"][2]["ends_at"] == "2026-12-31T23:00:00Z"
    [points] = create(editor, kind="points_reward", variants=[{"sku": "B", "price_points": 50}]).body[
        "variants"
    ]
    assert (points["price"], points["prices"], points["price_points"]) == (None, [], 50)
    assert create(editor).body["variants"] == []


@pytest.mark.parametrize(
    ("variant", "code"),
    [
        (priced("A", 1000, compare_at_price=euros(999)), "compare_at_too_low"),
        (priced("A", 1000, compare_at_price={"amount": 2000, "currency": "CHF"}), "compare_at_too_low"),
        ({"sku": "A", "compare_at_price": euros(999)}, "compare_at_too_low"),
        (priced("A", prices=[{"price": euros(900)}]), "price_twice"),
        (priced("A", prices=[{"price": euros(1000), "ends_at": "2027-01-01T00:00:00Z"}]), "sale_not_lower"),
        (
            priced(
                "A", prices=[{"price": {"amount": 1, "currency": "CHF"}, "ends_at": "2027-01-01T00:00:00Z"}]
            ),
            "sale_not_lower",
        ),
        (
            priced(
                "A",
                prices=[
                    {
                        "price": euros(9),
                        "starts_at": "2027-01-01T00:00:00Z",
                        "ends_at": "2027-01-01T00:00:00Z",
                    }
                ],
            ),
            "sale_dates_invalid",
        ),
        (priced("A", -1), "validation_failed"),
        (priced("A", 10**12 + 1), "validation_failed"),
        ({"sku": "A", "price": {"amount": 1, "currency": "eur"}}, "validation_failed"),
        ({"sku": "A", "price": {"amount": 1.5, "currency": "EUR"}}, "validation_failed"),
        (priced(" \u202e"), "validation_failed"),
        (priced("A", price_points=0), "validation_failed"),
        (priced("A", tax_category="none"), "validation_failed"),
        (priced("A", prices=[{"price": euros(1), "starts_at": "tomorrow"}]), "validation_failed"),
    ],
)
def test_prices_that_cannot_be_are_refused(brand: Brand, variant: dict[str, Any], code: str) -> None:
    answer = create(Editor.of(brand), variants=[variant])
    assert (answer.status, answer.code) == (422, code)


@pytest.mark.parametrize(
    "wish",
    [
        {"title": ""},
        {"title": "x" * 301},
        {"title": "x" * 1_000_000},
        {"title": "\u202e\u200b "},
        {"title": "a\x00b"},
        {"slug": "Bol Dyle"},
        {"slug": "bol--dyle"},
        {"slug": "bol/../x"},
        {"description": "x" * 100_001},
        {"description": "<b>" * 30_000},
        {"min_level": "king"},
        {"kind": "service"},
        {"status": "active"},
        {"tags": [""]},
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    assert create(Editor.of(brand), **wish).status == 422


def test_titles_lose_what_turns_text_around(brand: Brand) -> None:
    made = create(Editor.of(brand), title="\u202eBol\u0007 \u2066de\u200b  grès\ufeff").body
    assert (made["title"], made["slug"]) == ("Bol de grès", "bol-de-gres")


def test_what_is_taken_or_unknown_is_refused_and_nothing_is_left_of_it(
    brand: Brand, another_brand: Brand
) -> None:
    editor, stranger = Editor.of(brand), Editor.of(another_brand)
    editor.product(slug="bol")
    foreign = stranger.category("Cuisine")
    assert create(editor, slug="bol").code == "slug_taken"
    assert create(editor, variants=[priced("BOL-1")], tags=["neu"]).code == "sku_taken"
    assert create(editor, variants=[priced("X"), priced("X")]).code == "sku_taken"
    assert create(editor, category_ids=[foreign["id"]]).code == "category_unknown"
    twins = [priced("X", options={"Taille": "S"}), priced("Y", options={"Taille": "S"})]
    assert create(editor, variants=twins).code == "variant_exists"
    assert rows(brand, "SELECT slug FROM catalog.products") == [("bol",)]
    assert rows(brand, "SELECT slug FROM catalog.tags") == []
    assert create(stranger, slug="bol", variants=[priced("BOL-1")]).status == 201


def test_the_same_key_makes_one_product(brand: Brand) -> None:
    editor = Editor.of(brand)

    def send() -> Answer:
        return editor.person.call(
            handler, "POST", "/v1/admin/products", {"title": "Bol"}, more={"idempotency-key": "k"}
        )

    assert send().body["id"] == send().body["id"]
    assert len(rows(brand, "SELECT id FROM catalog.products")) == 1


def test_two_of_one_title_at_once_get_slugs_of_their_own(brand: Brand) -> None:
    editor, ready, answers = Editor.of(brand), threading.Barrier(3), []

    def make(number: int) -> None:
        ready.wait()
        try:
            answers.append(create(editor, tags=["neuf"], variants=[priced(f"S-{number}")]))
        finally:
            close_all()

    threads = [threading.Thread(target=make, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.body["slug"] for answer in answers) == ["bol-dyle", "bol-dyle-2", "bol-dyle-3"]
    assert rows(brand, "SELECT slug FROM catalog.tags") == [("neuf",)]
