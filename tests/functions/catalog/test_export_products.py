"""GET /v1/admin/products/export, and what comes of it when it is imported again."""

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.catalog.export_products import handler
from shared.catalog.creation import NewImage
from shared.catalog.spreadsheets import exporting
from shared.catalog.texts import one_line
from shared.identity.permissions import Role
from shared.platform import csv_files
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import signed_in
from tests.functions.catalog.test_import_products import everything, shelf
from tests.gateway import Answer, Bus, call
from tests.media import MEDIA_URL, Store
from tests.people import rows
from tests.shop import category, change, euros, product, sell, tag, variant
from tests.spreadsheets import Importer

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/products/export"


@pytest.fixture
def importer(brand: Brand, store: Store, bus: Bus) -> Importer:
    return Importer.of(brand, store, bus)


def export(brand: Brand, role: Role = Role.MANAGER) -> Answer:
    return call(handler, "GET", PATH, headers=signed_in(brand, role))


def table(answer: Answer) -> list[dict[str, str]]:
    assert answer.status == 200, answer.body
    return list(csv.DictReader(io.StringIO(answer.body, newline="")))


def filled(brand: Brand) -> None:
    home = category(brand, "maison")
    kitchen = category(brand, "cuisine", home)
    gift, odd = tag(brand, "cadeau"), tag(brand, "a-b")
    change(brand, "UPDATE catalog.tags SET title = 'A, B' WHERE slug = 'a-b'")
    sell(
        brand,
        product(
            "bol",
            variant("B-S", euros(1000, compare_at_amount=1200), title="Petit", options={"Taille": "S", "Couleur": "Bleu"}, weight_g=250),
            variant("B-L", euros(2000), options={"Taille": "L", "Couleur": "Bleu"}, barcode="4006381333931"),
            category_ids=(kitchen.id, home.id),
            tag_ids=(gift.id, odd.id),
            images=(NewImage(key="a.webp", alt="A"), NewImage(key="b.webp", alt="B"), NewImage(key="c.webp", alt="C")),
            description='<p>=cmd|"/C calc"!A0</p>',
            short_description="+33 1 23",
        ),
        product("tasse", variant("T", tax_category="exempt"), status="draft", published_at=None, images=()),
        units=0,
    )  # fmt: skip


def test_products_are_written_in_shopifys_columns(brand: Brand, store: Store) -> None:
    filled(brand)
    answer = export(brand)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="maison-products-')
    small, large, only_image, cup = sorted(table(answer), key=lambda each: each["Handle"])
    assert (small["Handle"], small["Title"], small["Status"], small["Published"]) == (
        "bol",
        "Bol",
        "active",
        "TRUE",
    )
    assert (small["Option1 Name"], small["Option1 Value"], small["Option2 Value"]) == ("Taille", "S", "Bleu")
    assert (small["Variant Price"], small["Variant Compare At Price"], small["Variant Grams"]) == (
        "10.00",
        "12.00",
        "250",
    )
    assert (small["Product Category"], small["Tags"]) == ("maison > cuisine; maison", "Cadeau, a-b")
    assert (small["Image Src"], small["Image Position"], small["Image Alt Text"]) == (
        f"{MEDIA_URL}/a.webp",
        "1",
        "A",
    )
    assert (large["Handle"], large["Title"], large["Variant SKU"]) == ("bol", "", "B-L")
    assert (only_image["Variant SKU"], only_image["Image Position"]) == ("", "3")
    assert (cup["Option1 Name"], cup["Option1 Value"], cup["Variant Taxable"]) == (
        "Title",
        "Default Title",
        "FALSE",
    )


def test_no_cell_is_a_formula(brand: Brand, store: Store) -> None:
    filled(brand)
    change(
        brand,
        "UPDATE catalog.products SET title = '=1+1', description = '@x', short_description = '-1' WHERE slug = 'bol'",
    )
    change(brand, "UPDATE catalog.product_variants SET sku = '+' || sku")
    for written in table(export(brand)):
        assert not [cell for cell in written.values() if cell[:1] in tuple("=+-@\t\r")]


@pytest.mark.parametrize("mode", ["all_or_nothing", "skip_errors"])
def test_what_was_exported_changes_nothing_when_it_is_imported(
    brand: Brand, importer: Importer, mode: str
) -> None:
    filled(brand)
    change(
        brand, "UPDATE catalog.products SET title = '=1+1', short_description = '''=x' WHERE slug = 'tasse'"
    )
    before = everything(brand)
    job = importer.run(export(brand).body, mode)
    assert (job["status"], job["report"]) == ("done", [])
    assert job["counts"] == {"products_failed": 0, "products_unchanged": 2}
    assert everything(brand) == before


def test_in_an_empty_brand_it_makes_the_same_products(
    brand: Brand, another_brand: Brand, store: Store, bus: Bus
) -> None:
    filled(brand)
    change(brand, "DELETE FROM catalog.product_images")
    home = category(another_brand, "maison")
    category(another_brand, "cuisine", home)
    content = export(brand).body
    Importer.of(another_brand, store, bus).run(content)
    again = export(another_brand).body
    # Whose they are is all that differs; a tag whose title cannot stand in a list came by its slug.
    assert again.replace(",Ailleurs,", ",Maison,") == content
    assert shelf(another_brand) == shelf(brand)


# What staff may write, as the catalogue keeps it.
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"]), max_size=20
).map(one_line)
names = texts.filter(bool)
products = st.lists(
    st.fixed_dictionaries(
        {
            "title": names,
            "short": texts,
            "status": st.sampled_from(["draft", "active", "archived"]),
            "kind": st.sampled_from(["physical", "digital", "points_reward"]),
            "options": st.lists(names, unique=True, max_size=3).filter(lambda each: each != ["Title"]),
            "variants": st.lists(st.tuples(names, st.integers(0, 10**9), st.none() | st.integers(1, 10**6)), min_size=1, max_size=3, unique_by=lambda each: each[0]),
            "tags": st.lists(names, max_size=3),
            "seo": st.none() | names,
        }
    ),
    max_size=3,
)  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(products)
def test_import_after_export_is_identity(
    brand: Brand, importer: Importer, wanted: list[dict[str, Any]]
) -> None:
    for name in ("products", "tags", "seo_metadata"):
        change(brand, f"DELETE FROM catalog.{name}")
    made = []
    for number, each in enumerate(wanted):
        variants = [
            variant(
                f"{sku}-{number}",
                euros(amount),
                options=dict.fromkeys(each["options"], f"{sku} {place}"),
                price_points=points,
            )
            for place, (sku, amount, points) in enumerate(each["variants"])
        ]
        made.append(
            product(
                f"p-{number}", *variants, title=each["title"], short_description=each["short"], kind=each["kind"],
                status=each["status"], images=(),
            )
        )  # fmt: skip
    sell(brand, *made, units=0)
    with begin(brand, "test") as work:
        content = "".join(_written(work))
    before = everything(brand)
    job = importer.run(content, "skip_errors")
    assert job["report"] == []
    assert job["counts"].get("products_unchanged", 0) == len(made)
    assert everything(brand) == before
    assert export(brand).body == content


def _written(work: Any) -> list[str]:
    into = io.StringIO()
    exporting.write_all(work, into)
    return [into.getvalue()]


def test_what_is_too_much_for_an_answer_is_a_job(
    brand: Brand, store: Store, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(brand)
    for module, limit in ((exporting, "MOST_AT_ONCE"), (csv_files, "MOST_BYTES")):
        monkeypatch.setattr(module, limit, 1)
        answer = export(brand)
        assert (answer.status, answer.body["status"]) == (202, "waiting")
        assert set(answer.body) == {"id", "status"}
        monkeypatch.undo()
        monkeypatch.setenv("PRIVATE_BUCKET", "test-private")
    assert len(rows(brand, "SELECT id FROM platform.background_jobs")) == 2


def test_who_may_and_what_is_written_down(brand: Brand, another_brand: Brand, store: Store) -> None:
    filled(brand)
    assert export(brand, Role.SUPPORT).status == 403
    assert call(handler, "GET", PATH, headers={"x-brand": brand.slug}).status == 401
    assert table(export(another_brand)) == []
    export(brand)
    actions = [each.action for each in rows(brand, "SELECT action FROM platform.audit_logs")]
    assert actions == ["catalog.export_products"]
