"""PATCH /v1/admin/categories/{category_id}."""

import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.editors import Editor, look
from tests.gateway import Answer
from tests.people import rows
from tests.shop import change as change_rows

pytestmark = pytest.mark.usefixtures("issuer")


def change(editor: Editor, category: dict[str, Any], version: int | None = None, **wish: Any) -> Answer:
    return editor.do("change_category", wish, category_id=category["id"], version=version)


def paths(brand: Brand) -> dict[str, str]:
    return dict(rows(brand, "SELECT slug, path FROM catalog.categories"))


def test_a_moved_category_takes_along_what_is_below_it_and_its_products_follow(brand: Brand) -> None:
    editor = Editor.of(brand)
    home, shop = editor.category("Maison"), editor.category("Boutique")
    kitchen = editor.category("Cuisine", home["id"])
    bowls = editor.category("Bols", kitchen["id"])
    editor.category("Maisonnette")
    editor.published(category_ids=[bowls["id"]])
    answer = change(editor, kitchen, 1, parent_id=shop["id"])
    assert (answer.status, answer.body["path"], answer.headers["etag"]) == (200, "boutique/cuisine", '"2"')
    assert paths(brand) == {
        "maison": "maison",
        "boutique": "boutique",
        "cuisine": "boutique/cuisine",
        "bols": "boutique/cuisine/bols",
        "maisonnette": "maisonnette",
    }
    [listed] = rows(brand, "SELECT category_slugs FROM catalog.product_listings")
    assert sorted(listed.category_slugs) == ["bols", "boutique", "cuisine"]
    assert change(editor, kitchen, parent_id=None).body["path"] == "cuisine"


def test_a_renamed_category_leaves_a_redirect(brand: Brand) -> None:
    editor = Editor.of(brand)
    kitchen = editor.category("Cuisine")
    bowls = editor.category("Bols", kitchen["id"])
    editor.published(category_ids=[bowls["id"]])
    renamed = change(editor, kitchen, slug="a-table", title="À table").body
    assert (renamed["path"], paths(brand)["bols"]) == ("a-table", "a-table/bols")
    [way] = rows(brand, "SELECT from_path, to_path FROM catalog.url_redirects")
    assert way == ("/categories/cuisine", "/categories/a-table")
    assert look(brand, "bol-dyle").body["categories"] == [{"slug": "bols", "title": "Bols"}]


def test_nothing_goes_below_itself(brand: Brand) -> None:
    editor = Editor.of(brand)
    home = editor.category("Maison")
    kitchen = editor.category("Cuisine", home["id"])
    for below in (home, kitchen):
        refused = change(editor, home, parent_id=below["id"])
        assert (refused.status, refused.code) == (409, "category_loop")


def test_of_two_that_go_below_each_other_at_once_one_stays(brand: Brand) -> None:
    editor = Editor.of(brand)
    one, other = editor.category("Un"), editor.category("Deux")
    ready, answers = threading.Barrier(2), []

    def move(what: dict[str, Any], below: dict[str, Any]) -> None:
        ready.wait()
        try:
            answers.append(change(editor, what, parent_id=below["id"]).status)
        finally:
            close_all()

    threads = [threading.Thread(target=move, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409]


def test_a_tree_that_would_become_too_deep_does_not_move(brand: Brand) -> None:
    editor, parent = Editor.of(brand), None
    chain = []
    for depth in range(6):
        parent = editor.category(f"A{depth}", parent)["id"]
        chain.append(parent)
    tall, below = editor.category("B0"), None
    for depth in range(1, 5):
        below = editor.category(f"B{depth}", below or tall["id"])["id"]
    assert change(editor, tall, parent_id=chain[-1]).code == "category_too_deep"
    assert change(editor, tall, parent_id=chain[-2]).status == 200


names = st.sampled_from("abcdefg")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(names, st.none() | names), min_size=1, max_size=12))
def test_however_categories_move_every_path_is_that_of_its_parents(
    brand: Brand, moves: list[tuple[str, str | None]]
) -> None:
    change_rows(brand, "DELETE FROM catalog.categories")
    editor = Editor.of(brand, Role.ADMIN)
    made = {name: editor.category(name, slug=name) for name in "abcdefg"}
    parents: dict[str, str | None] = dict.fromkeys(made)

    def path(name: str) -> list[str]:
        above = parents[name]
        return [*(path(above) if above else []), name]

    for name, below in moves:
        answer = change(editor, made[name], parent_id=made[below]["id"] if below else None)
        loops = below is not None and name in path(below)
        assert answer.status == (409 if loops else 200)
        if not loops:
            parents[name] = below
    assert paths(brand) == {name: "/".join(path(name)) for name in made}


def test_older_versions_taken_slugs_roles_and_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    bowls = editor.category("Bols")
    editor.category("Tasses")
    assert change(editor, bowls, 9, title="X").status == 412
    assert change(editor, bowls, slug="tasses").code == "slug_taken"
    assert change(editor, bowls, title=None).status == 422
    foreign = Editor.of(another_brand).category("Bols")
    assert change(editor, bowls, parent_id=foreign["id"]).code == "category_unknown"
    assert change(Editor.of(brand, Role.SUPPORT), bowls, title="X").status == 403
    assert change(Editor.of(another_brand), bowls, title="X").status == 404
