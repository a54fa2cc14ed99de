"""POST /v1/admin/categories."""

from typing import Any

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor
from tests.people import rows

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_category_knows_its_path_and_stands_behind_its_siblings(brand: Brand) -> None:
    editor = Editor.of(brand)
    home = editor.category("Maison & Jardin")
    first, second = editor.category("Épicerie", home["id"]), editor.category("Bols", home["id"])
    assert (home["path"], home["position"], home["version"]) == ("maison-jardin", 0, 1)
    assert (first["path"], first["position"]) == ("maison-jardin/epicerie", 0)
    assert (second["path"], second["position"], second["parent_id"]) == ("maison-jardin/bols", 1, home["id"])
    assert editor.category("Bols")["slug"] == "bols-2"
    entries = rows(brand, "SELECT action, resource_id FROM platform.audit_logs ORDER BY sequence")
    assert entries[0] == ("catalog.create_category", home["id"])


def test_it_takes_the_address_that_a_redirect_had(brand: Brand) -> None:
    editor = Editor.of(brand)
    editor.do("create_redirect", {"from_path": "/categories/bols", "to_path": "/"})
    assert editor.category("Bols")["slug"] == "bols-2", "a derived slug leaves old links alone"
    assert editor.category("Bols", slug="bols")["slug"] == "bols"
    assert rows(brand, "SELECT 1 FROM catalog.url_redirects") == []


def test_categories_nest_ten_deep_and_no_deeper(brand: Brand) -> None:
    editor, parent = Editor.of(brand), None
    for depth in range(10):
        parent = editor.category(f"C{depth}", parent)["id"]
    answer = editor.do("create_category", {"title": "C10", "parent_id": parent})
    assert (answer.status, answer.code) == (422, "category_too_deep")


@pytest.mark.parametrize(
    "wish", [{}, {"title": "\u200b"}, {"title": "A", "slug": "É"}, {"title": "A", "position": -1}]
)
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    assert Editor.of(brand).do("create_category", wish).status == 422


def test_taken_slugs_other_brands_parents_and_lesser_roles_are_refused(
    brand: Brand, another_brand: Brand
) -> None:
    editor = Editor.of(brand)
    editor.category("Bols")
    assert editor.do("create_category", {"title": "X", "slug": "bols"}).code == "slug_taken"
    foreign = Editor.of(another_brand).category("Bols")
    answer = editor.do("create_category", {"title": "X", "parent_id": foreign["id"]})
    assert (answer.status, answer.code) == (422, "category_unknown")
    assert Editor.of(brand, Role.SUPPORT).do("create_category", {"title": "X"}).status == 403
