"""PATCH /v1/admin/products/{product_id}."""

import threading
from typing import Any

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.editors import Editor, look, priced
from tests.gateway import Answer, Bus
from tests.people import rows
from tests.stock import some_id

pytestmark = pytest.mark.usefixtures("issuer")


def change(editor: Editor, product: dict[str, Any], version: int | None = None, **wish: Any) -> Answer:
    return editor.do("change_product", wish, product_id=product["id"], version=version)


def test_what_is_asked_for_changes_and_shows_in_the_shop_at_once(brand: Brand, bus: Bus) -> None:
    editor = Editor.of(brand)
    kitchen = editor.category("Cuisine")
    bowl = editor.published(title="Bol", tags=["bio"], min_level="protecteur")
    answer = change(
        editor,
        bowl,
        bowl["version"],
        title="Le bol",
        description='<a href="javascript:x()">ici</a>',
        category_ids=[kitchen["id"]],
        tags=["grès", "bio"],
        min_level=None,
        is_hero_product=True,
    )
    assert (answer.status, answer.headers["etag"]) == (200, f'"{bowl["version"] + 1}"')
    shown = look(brand, "bol").body
    assert (shown["title"], shown["min_level"], shown["is_hero_product"]) == ("Le bol", None, True)
    assert shown["description"] == '<a rel="noopener noreferrer nofollow">ici</a>'
    assert ([each["slug"] for each in shown["categories"]], shown["tags"]) == (["cuisine"], ["gres", "bio"])
    bus.relay()
    [fact] = bus.of("product.updated")
    assert fact["data"]["changed"] == [
        "category_ids",
        "description",
        "is_hero_product",
        "min_level",
        "tags",
        "title",
    ]
    assert (fact["key"], fact["data"]["status"]) == (bowl["id"], "active")


def test_a_level_may_be_asked_for_and_given_up(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published()
    assert change(editor, bowl, min_level="ambassadeur").body["min_level"] == "ambassadeur"
    assert look(brand, "bol-dyle").body["min_level"] == "ambassadeur"
    assert change(editor, bowl, min_level=None).body["min_level"] is None


def test_who_makes_it_is_named(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published()
    maker = str(some_id())
    made = change(editor, bowl, partner_id=maker, producer_name="Atelier Dyle").body
    assert (
        made["producer"] == look(brand, "bol-dyle").body["producer"] == {"id": maker, "name": "Atelier Dyle"}
    )
    assert change(editor, bowl, partner_id=None).body["producer"] is None


def test_the_log_says_who_changed_what(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.product()
    change(editor, bowl, title="Le bol")
    entries = rows(
        brand, "SELECT action, resource_id, changes FROM platform.audit_logs ORDER BY sequence DESC"
    )
    assert (entries[0].action, entries[0].resource_id) == ("catalog.change_product", bowl["id"])


def test_a_renamed_product_answers_at_its_old_address_where_it_is(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published(title="Bol")
    change(editor, bowl, slug="bol-dyle")
    change(editor, bowl, slug="bol-en-gres")
    for old in ("bol", "bol-dyle"):
        moved = look(brand, old)
        assert (moved.status, moved.code) == (301, "product_moved")
        assert moved.headers["location"] == "/v1/store/products/bol-en-gres"
    assert look(brand, "bol-en-gres").status == 200
    change(editor, bowl, slug="bol")
    assert look(brand, "bol").status == 200
    assert look(brand, "bol-en-gres").headers["location"] == "/v1/store/products/bol"
    assert look(brand, "bol-dyle").headers["location"] == "/v1/store/products/bol"


def test_who_was_never_in_the_shop_leaves_no_redirect(brand: Brand) -> None:
    editor = Editor.of(brand)
    change(editor, editor.product(title="Bol"), slug="tasse")
    assert rows(brand, "SELECT 1 FROM catalog.url_redirects") == []


def test_an_address_that_is_given_away_is_the_new_products(brand: Brand) -> None:
    editor = Editor.of(brand)
    change(editor, editor.published(title="Bol"), slug="bol-ancien")
    editor.published(title="Bol neuf", slug="bol", variants=[priced("BOL-2")])
    assert look(brand, "bol").body["title"] == "Bol neuf"
    assert rows(brand, "SELECT 1 FROM catalog.url_redirects") == []


def test_options_are_put_in_order_and_none_in_use_is_lost(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.product(
        variants=[priced("A", options={"Taille": "S"}), priced("B", options={"Taille": "L"})]
    )
    sizes = [{"name": "Taille", "values": ["L", "M", "S"]}]
    assert change(editor, bowl, options=sizes).body["options"] == sizes
    lacking = change(editor, bowl, options=[{"name": "Taille", "values": ["S"]}])
    assert (lacking.status, lacking.code) == (422, "options_incomplete")
    assert lacking.body["missing"] == [{"name": "Taille", "value": "L"}]
    assert change(editor, bowl, options=sizes * 2).code == "options_incomplete"


def test_a_change_for_an_older_version_is_stopped(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.product()
    assert change(editor, bowl, 1, title="A").status == 200
    stale = change(editor, bowl, 1, title="B")
    assert (stale.status, stale.code, stale.body["version"]) == (412, "version_stale", 2)


def test_of_two_who_change_the_same_version_at_once_one_is_stopped(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published(title="Bol")
    ready, answers = threading.Barrier(2), []

    def edit(title: str) -> None:
        ready.wait()
        try:
            answers.append(change(editor, bowl, bowl["version"], title=title, slug=title.lower()).status)
        finally:
            close_all()

    threads = [threading.Thread(target=edit, args=(title,)) for title in ("Un", "Deux")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 412]
    [row] = rows(brand, "SELECT title, slug, version FROM catalog.products")
    assert (row.title.lower(), row.version) == (row.slug, bowl["version"] + 1)


@pytest.mark.parametrize(
    "wish",
    [
        {"title": None},
        {"slug": None},
        {"slug": "Été"},
        {"status": "active"},
        {"published_at": "2026-01-01T00:00:00Z"},
        {"description": None},
        {"options": [{"name": "Taille", "values": []}]},
        {"id": "x"},
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    editor = Editor.of(brand)
    assert change(editor, editor.product(), **wish).status == 422


def test_taken_slugs_other_roles_and_other_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.product()
    editor.product(slug="tasse", variants=[])
    assert change(editor, bowl, slug="tasse").code == "slug_taken"
    assert change(editor, bowl, slug=bowl["slug"]).status == 200
    foreign = Editor.of(another_brand).category("Cuisine")
    assert change(editor, bowl, category_ids=[foreign["id"]]).code == "category_unknown"
    assert change(Editor.of(brand, Role.SUPPORT), bowl, title="X").status == 403
    assert change(Editor.of(another_brand), bowl, title="X").status == 404
