"""POST /v1/admin/products/import: products from a file, from the order to the end of the job."""

from collections.abc import Sequence
from typing import Any

import pytest

from functions.catalog.import_products import handler
from shared.catalog.creation import NewImage
from shared.catalog.spreadsheets import importing, writing
from shared.catalog.spreadsheets.planning import Plan
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import Work
from tests.accounts import signed_in
from tests.gateway import Bus, call
from tests.media import MEDIA_URL, Store
from tests.people import rows
from tests.shop import category, change, euros, product, sell, tag, variant
from tests.spreadsheets import Importer, lines, row, sheet

pytestmark = pytest.mark.usefixtures("issuer")


@pytest.fixture
def importer(brand: Brand, store: Store, bus: Bus) -> Importer:
    return Importer.of(brand, store, bus)


def shelf(brand: Brand) -> dict[str, Any]:
    found = rows(brand, "SELECT slug, title, status, version FROM catalog.products ORDER BY slug")
    return {each.slug: (each.title, each.status, each.version) for each in found}


def everything(brand: Brand) -> list[Any]:
    """All that an import could change, with its versions."""
    return [
        rows(brand, f"SELECT * FROM catalog.{table} ORDER BY 1, 2, 3")
        for table in (
            "products",
            "product_variants",
            "variant_prices",
            "product_options",
            "product_images",
            "product_tags",
            "product_categories",
            "tags",
            "seo_metadata",
            "product_listings",
            "shop_versions",
            "price_history",
        )
    ]


@pytest.mark.parametrize("mode", ["all_or_nothing", "skip_errors"])
def test_new_products_are_in_the_shop_with_all_that_the_file_says(
    brand: Brand, importer: Importer, mode: str
) -> None:
    home = category(brand, "maison")
    category(brand, "cuisine", home)
    tag(brand, "cadeau")
    text = sheet(
        row(
            "bol", title="Bol bleu", body="<p>Beau<script>x</script></p>", tags="Cadeau, Fait main", status="active",
            category="Maison > Cuisine", option="Taille", value="S", sku="B-S", price="12,50", compare_at="15", grams="250",
            barcode="4006381333931", seo_title="Un bol",
        ),
        {"Handle": "bol", "Option1 Value": "L", "Variant SKU": "B-L", "Variant Price": "14,00"},
        row("tasse"),
    )  # fmt: skip
    job = importer.run(text, mode)
    assert (job["status"], job["report"]) == ("done", [])
    assert job["progress"] == {"done": 3, "total": 3}
    assert job["counts"] == {"products_failed": 0, "products_created": 2}
    assert shelf(brand) == {"bol": ("Bol bleu", "active", 1), "tasse": ("Tasse", "draft", 1)}
    [listing] = rows(brand, "SELECT card, category_slugs, tag_slugs FROM catalog.product_listings")
    assert (sorted(listing.category_slugs), listing.tag_slugs) == (
        ["cuisine", "maison"],
        ["cadeau", "fait-main"],
    )
    small, large = listing.card["variants"]
    assert (small["sku"], small["title"], small["options"]) == ("B-S", "S", {"Taille": "S"})
    assert (small["prices"][0]["amount"], small["prices"][0]["compare_at"]) == (1250, 1500)
    assert large["prices"][0]["amount"] == 1400
    [details] = rows(brand, "SELECT description FROM catalog.products WHERE slug = 'bol'")
    assert details.description == "<p>Beau</p>"
    [options] = rows(brand, "SELECT name, values FROM catalog.product_options")
    assert (options.name, options.values) == ("Taille", ["S", "L"])
    importer.bus.relay()
    assert [fact["data"]["slug"] for fact in importer.bus.of("product.published")] == ["bol"]


@pytest.mark.parametrize("mode", ["all_or_nothing", "skip_errors"])
def test_a_new_product_is_put_into_lists_once_with_the_history_of_its_reduction(
    brand: Brand, importer: Importer, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    written: list[tuple[int, int]] = []

    def counted(work: Work) -> tuple[int, int]:
        [row] = work.all(
            "SELECT n_tup_ins, n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'product_listings'"
        )
        return row.n_tup_ins, row.n_tup_upd

    def write(work: Work, plans: Sequence[Plan]) -> None:
        # The session may still hold counts of transactions before this one.
        inserted, updated = counted(work)
        writing.write(work, plans)
        now = counted(work)
        written.append((now[0] - inserted, now[1] - updated))

    monkeypatch.setattr(importing, "write", write)
    importer.run(sheet(row("bol", status="active", price="10", compare_at="15"), row("tasse")), mode)
    assert written == [(1, 0)]
    [listing] = rows(brand, "SELECT card FROM catalog.product_listings")
    [[currency, amount, announced, _, until]] = listing.card["variants"][0]["periods"]
    assert (currency, amount, announced, until) == ("EUR", 1000, True, None)


@pytest.mark.parametrize("mode", ["all_or_nothing", "skip_errors"])
def test_the_same_file_twice_changes_nothing(brand: Brand, importer: Importer, mode: str) -> None:
    category(brand, "maison")
    text = sheet(
        row(
            "bol",
            status="active",
            category="Maison",
            tags="a, b",
            option="Taille",
            value="S",
            sku="B-S",
            seo_title="x",
        ),
        {"Handle": "bol", "Option1 Value": "L", "Variant SKU": "B-L", "Variant Price": "9"},
        row("tasse", status="archived"),
    )
    importer.run(text, mode)
    before = everything(brand)
    told = len(importer.bus.details)
    job = importer.run(text, mode)
    assert job["counts"] == {"products_failed": 0, "products_unchanged": 2}
    assert everything(brand) == before
    assert {fact["type"] for fact in importer.bus.details[told:]} <= {
        "product_import.read",
        "product_import.advanced",
    }


def test_only_what_the_file_says_changes(brand: Brand, importer: Importer) -> None:
    home = category(brand, "maison")
    made = product(
        "bol",
        variant("B-S", euros(1000, compare_at_amount=1200)),
        variant("B-L", euros(2000)),
        category_ids=(home.id,),
    )
    sell(brand, made, units=0)
    price = rows(brand, "SELECT id FROM catalog.variant_prices ORDER BY amount")[0].id
    job = importer.run("Variant SKU;Variant Price\nB-S;11,00\n")
    assert job["counts"] == {"products_failed": 0, "products_updated": 1}
    changed = rows(brand, "SELECT id, amount, compare_at_amount FROM catalog.variant_prices ORDER BY amount")
    assert [(each.amount, each.compare_at_amount) for each in changed] == [(1100, 1200), (2000, None)]
    assert changed[0].id == price
    assert shelf(brand) == {"bol": ("Bol", "active", 2)}
    importer.bus.relay()
    assert importer.bus.of("product.updated")[-1]["data"]["changed"] == ["prices", "variants"]


def test_an_empty_cell_empties_and_a_missing_column_leaves(brand: Brand, importer: Importer) -> None:
    importer.run(
        sheet(row("bol", body="<p>x</p>", tags="a", barcode="12345678", compare_at="20", seo_title="y"))
    )
    importer.run(
        sheet(
            {
                "Handle": "bol",
                "Title": "",
                "Body (HTML)": "",
                "Variant SKU": "BOL",
                "Variant Compare At Price": "",
            }
        )
    )
    [found] = rows(brand, "SELECT title, description FROM catalog.products")
    assert tuple(found) == ("Bol", "")
    [sold] = rows(brand, "SELECT barcode FROM catalog.product_variants")
    assert sold.barcode == "12345678"
    [price] = rows(brand, "SELECT amount, compare_at_amount FROM catalog.variant_prices")
    assert tuple(price) == (1000, None)
    assert len(rows(brand, "SELECT * FROM catalog.product_tags")) == 1


def test_all_or_nothing_takes_nothing_when_one_row_is_wrong(brand: Brand, importer: Importer) -> None:
    text = sheet(row("a"), row("b", price="x"), row("c", status="active", price=""), row("d"))
    job = importer.run(text)
    assert (job["status"], job["problem"]) == ("failed", "rows_refused")
    assert lines(job) == [(3, "Variant Price", "amount_invalid"), (4, "Status", "product_not_ready")]
    assert job["counts"] == {"products_failed": 2}
    assert shelf(brand) == {}
    assert rows(brand, "SELECT * FROM catalog.imported_products") == []


def test_skip_errors_takes_the_others(brand: Brand, importer: Importer) -> None:
    text = sheet(row("a"), row("b", price="x"), row("c", status="active", price=""), row("d"))
    job = importer.run(text, "skip_errors")
    assert (job["status"], job["problem"]) == ("done", None)
    assert lines(job) == [(3, "Variant Price", "amount_invalid"), (4, "Status", "product_not_ready")]
    assert job["counts"] == {"products_failed": 2, "products_created": 2}
    assert sorted(shelf(brand)) == ["a", "d"]
    assert job["progress"] == {"done": 4, "total": 4}


def test_a_dry_run_tells_all_and_changes_nothing(brand: Brand, importer: Importer) -> None:
    importer.run(sheet(row("a")))
    before = everything(brand)
    text = sheet(row("a", title="New"), row("b"), row("c", price="x"))
    for mode in ("all_or_nothing", "skip_errors"):
        job = importer.run(text, mode, dry_run=True)
        assert (job["status"], lines(job)) == ("done", [(4, "Variant Price", "amount_invalid")])
        assert job["counts"] == {"products_failed": 1, "products_updated": 1, "products_created": 1}
        assert everything(brand) == before


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"handle": "new", "Title": ""}, ("Title", "title_missing")),
        ({"handle": "x", "sku": "TAKEN"}, ("Variant SKU", "sku_taken")),
        ({"handle": "", "Title": "", "sku": "NOBODYS"}, ("Variant SKU", "sku_unknown")),
        ({"handle": "x", "compare_at": "5"}, ("Variant Compare At Price", None)),
        ({"handle": "x", "tags": "…"}, ("Tags", "tag_invalid")),
        ({"handle": "x", "barcode": "no code!"}, ("Variant Barcode", "string_pattern_mismatch")),
        ({"handle": "x", "grams": "-1"}, ("Variant Grams", "number_invalid")),
        ({"handle": "x", "status": "shown"}, ("Status", "literal_error")),
        ({"handle": "x", "title": "x" * 301}, ("Title", "string_too_long")),
        ({"handle": "x", "body": "x" * 100_001}, ("Body (HTML)", "string_too_long")),
    ],
)
def test_what_stands_in_a_products_way_is_told(
    brand: Brand, importer: Importer, given: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    sell(brand, product("bol", variant("TAKEN")), units=0)
    job = importer.run(sheet(row(given.pop("handle"), **given)))
    [(number, column, code)] = lines(job)
    assert number == 2
    assert (column, code) == expected or (expected[1] is None and code in ("compare_at_too_low",))
    assert list(shelf(brand)) == ["bol"]


def test_two_products_of_a_file_cannot_be_one(brand: Brand, importer: Importer) -> None:
    sell(brand, product("bol", variant("B1"), variant("B2")), units=0)
    text = sheet(
        {"Handle": "bol", "Variant SKU": "B1", "Variant Price": "5"},
        {"Handle": "", "Variant SKU": "B2", "Variant Price": "6"},
    )
    job = importer.run(text, "skip_errors")
    assert lines(job) == [(3, "Handle", "product_repeated")]


def test_an_old_handle_makes_no_second_product(brand: Brand, importer: Importer) -> None:
    made = product("bol")
    sell(brand, made, units=0)
    change(brand, "UPDATE catalog.products SET slug = 'coupe'")
    change(
        brand,
        """INSERT INTO catalog.url_redirects (id, from_path, to_path, status, created_at, updated_at)
           VALUES (gen_random_uuid(), '/products/bol', '/products/coupe', 301, now(), now())""",
    )
    assert lines(importer.run(sheet(row("bol", sku="NEW")))) == [(2, "Handle", "handle_moved")]
    assert list(shelf(brand)) == ["coupe"]


def test_a_variant_without_a_sku_is_found_by_its_options_or_gets_one(
    brand: Brand, importer: Importer
) -> None:
    text = sheet(
        {
            "Handle": "bol",
            "Title": "Bol",
            "Option1 Name": "Taille",
            "Option1 Value": "Très grand",
            "Variant Price": "5",
        },
        {"Handle": "bol", "Option1 Value": "S", "Variant Price": "4"},
    )
    importer.run(text)
    skus = [each.sku for each in rows(brand, "SELECT sku FROM catalog.product_variants ORDER BY position")]
    assert skus == ["bol-tres-grand", "bol-s"]
    job = importer.run(text.replace(",4", ",6"))
    assert job["counts"]["products_updated"] == 1
    assert len(rows(brand, "SELECT sku FROM catalog.product_variants")) == 2
    # A SKU that the file gives to known options is that variant's new one.
    importer.run(
        sheet(
            {
                "Handle": "bol",
                "Option1 Name": "Taille",
                "Option1 Value": "S",
                "Variant SKU": "PETIT",
                "Variant Price": "6",
            }
        )
    )
    assert {each.sku for each in rows(brand, "SELECT sku FROM catalog.product_variants")} == {
        "bol-tres-grand",
        "PETIT",
    }


def test_prices_in_other_currencies_come_by_columns_of_theirs(brand: Brand, importer: Importer) -> None:
    text = sheet(
        row("bol", **{"Price / USD": "12.00", "Compare At Price / USD": "13", "Price / JPY": "1500"})
    )
    importer.run(text)
    prices = rows(
        brand, "SELECT currency, amount, compare_at_amount FROM catalog.variant_prices ORDER BY currency"
    )
    assert [tuple(each) for each in prices] == [("EUR", 1000, None), ("JPY", 1500, None), ("USD", 1200, 1300)]
    importer.run(sheet({"Handle": "bol", "Variant SKU": "BOL", "Price / USD": ""}))
    assert len(rows(brand, "SELECT id FROM catalog.variant_prices")) == 2


def test_foreign_images_are_not_fetched_and_the_report_says_so(brand: Brand, importer: Importer) -> None:
    text = sheet(
        row("bol", image="http://169.254.169.254/latest/meta-data/"),
        row("tasse", image="https://cdn.shopify.com/x.jpg"),
    )
    job = importer.run(text)
    assert (job["status"], job["counts"]["products_created"]) == ("done", 2)
    assert lines(job) == [(2, "Image Src", "image_not_fetched"), (3, "Image Src", "image_not_fetched")]
    assert {line["severity"] for line in job["report"]} == {"warning"}
    assert rows(brand, "SELECT id FROM catalog.product_images") == []


def test_our_own_images_are_ordered_described_and_shown_by_others_too(
    brand: Brand, importer: Importer
) -> None:
    made = product("bol", images=(NewImage(key="a.webp", alt="A"), NewImage(key="b.webp", alt="B")))
    sell(brand, made, units=0)
    text = sheet(
        {
            "Handle": "bol",
            "Title": "Bol",
            "Image Src": f"{MEDIA_URL}/b.webp",
            "Image Position": "1",
            "Image Alt Text": "Bleu",
        },
        {
            "Handle": "bol",
            "Image Src": f"{MEDIA_URL}/a.webp",
            "Image Position": "2",
            "Image Alt Text": "Rouge",
        },
        row("tasse", image=f"{MEDIA_URL}/a.webp", alt="Tasse"),
    )
    job = importer.run(text)
    assert (job["status"], job["report"]) == ("done", [])
    found = rows(
        brand,
        """SELECT p.slug, i.key, i.alt FROM catalog.product_images i JOIN catalog.products p ON p.id = i.product_id
            ORDER BY p.slug, i.position""",
    )
    assert [tuple(each) for each in found] == [
        ("bol", "b.webp", "Bleu"),
        ("bol", "a.webp", "Rouge"),
        ("tasse", "a.webp", "Tasse"),
    ]


def test_another_brands_image_is_a_foreign_one(
    brand: Brand, another_brand: Brand, importer: Importer
) -> None:
    sell(another_brand, product("bol", images=(NewImage(key="theirs.webp", alt="x"),)), units=0)
    job = importer.run(sheet(row("bol", image=f"{MEDIA_URL}/theirs.webp")))
    assert lines(job) == [(2, "Image Src", "image_not_fetched")]


def test_other_brands_stay_as_they_are(brand: Brand, another_brand: Brand, importer: Importer) -> None:
    sell(another_brand, product("bol", variant("BOL")), units=0)
    before = everything(another_brand)
    job = importer.run(sheet(row("bol", title="Mine", sku="BOL")))
    assert job["counts"]["products_created"] == 1
    assert everything(another_brand) == before


def test_who_may(brand: Brand, store: Store) -> None:
    def ask(headers: dict[str, str], body: Any = None) -> int:
        return call(handler, "POST", "/v1/admin/products/import", body or {}, headers=headers).status

    assert ask(signed_in(brand, Role.MANAGER)) == 202
    assert ask(signed_in(brand, Role.SUPPORT)) == 403
    assert ask({"x-brand": brand.slug}) == 401
    assert ask(signed_in(brand, Role.MANAGER), {"mode": "some"}) == 422
    assert ask(signed_in(brand, Role.MANAGER), {"file": "x"}) == 422
