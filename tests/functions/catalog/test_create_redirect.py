"""POST /v1/admin/redirects."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor
from tests.gateway import Answer
from tests.people import rows
from tests.shop import change

pytestmark = pytest.mark.usefixtures("issuer")


def lead(editor: Editor, from_path: str, to_path: str | None, **more: Any) -> Answer:
    return editor.do("create_redirect", {"from_path": from_path, "to_path": to_path, **more})


def ways(brand: Brand) -> dict[str, str | None]:
    return dict(rows(brand, "SELECT from_path, to_path FROM catalog.url_redirects"))


def test_a_path_leads_to_another_one_and_is_kept_as_browsers_ask_for_it(brand: Brand) -> None:
    editor = Editor.of(brand)
    answer = lead(editor, "/été/", "/categories/été")
    assert (answer.status, answer.headers["etag"]) == (201, '"1"')
    assert (answer.body["from_path"], answer.body["to_path"], answer.body["status"]) == (
        "/%C3%A9t%C3%A9",
        "/categories/%C3%A9t%C3%A9",
        301,
    )
    gone = lead(editor, "/vieux", None, status=410).body
    assert (gone["status"], gone["to_path"]) == (410, None)


def test_chains_are_collapsed_and_loops_refused(brand: Brand) -> None:
    editor = Editor.of(brand)
    lead(editor, "/b", "/c")
    assert lead(editor, "/a", "/b").body["to_path"] == "/c"
    lead(editor, "/c", "/d", status=302)
    assert ways(brand) == {"/a": "/d", "/b": "/d", "/c": "/d"}
    for back in ("/a", "/b", "/c"):
        refused = lead(editor, "/d", back)
        assert (refused.status, refused.code) == (409, "redirect_loop")
    assert lead(editor, "/x", "/x").code == "redirect_loop"
    lead(editor, "/d", None, status=410)
    assert set(ways(brand).values()) == {None}
    assert lead(editor, "/a", "/z").code == "redirect_exists"


PATHS = ["/a", "/b", "/c", "/d", "/e"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(PATHS)), max_size=12))
def test_however_redirects_are_made_none_loops_and_one_step_reaches_where_all_lead(
    brand: Brand, wishes: list[tuple[str, str]]
) -> None:
    change(brand, "DELETE FROM catalog.url_redirects")
    editor = Editor.of(brand, Role.ADMIN)
    model: dict[str, str] = {}

    def end(path: str) -> str:
        while path in model:
            path = model[path]
        return path

    for start, aim in wishes:
        answer = lead(editor, start, aim)
        if end(aim) == start:
            assert answer.code == "redirect_loop"
        elif start in model:
            assert answer.code == "redirect_exists"
        else:
            assert answer.status == 201
            model[start] = aim
    assert ways(brand) == {start: end(start) for start in model}


def test_nothing_leads_away_from_what_is_shown(brand: Brand) -> None:
    editor = Editor.of(brand)
    editor.published()
    editor.category("Bols")
    draft = editor.product(title="Tasse", variants=[])
    for path in ("/products/bol-dyle", "/products/bol-dyle/", "/categories/bols"):
        assert lead(editor, path, "/x").code == "address_in_use"
    assert lead(editor, f"/products/{draft['slug']}", "/x").status == 201


@pytest.mark.parametrize(
    "wish",
    [
        {"from_path": "/a"},
        {"from_path": "/a", "to_path": None},
        {"from_path": "/a", "to_path": "/b", "status": 410},
        {"from_path": "/a", "to_path": "/b", "status": 307},
        {"from_path": "/", "to_path": "/b"},
        {"from_path": "a", "to_path": "/b"},
        {"from_path": "/a", "to_path": "//evil.example"},
        {"from_path": "/a", "to_path": "/\\evil.example"},
        {"from_path": "/a", "to_path": "https://evil.example"},
        {"from_path": "/a", "to_path": "javascript:alert(1)"},
        {"from_path": "/a", "to_path": "/b\r\nset-cookie: x=1"},
        {"from_path": "/a?x=1", "to_path": "/b"},
        {"from_path": "/a", "to_path": "/" + "b" * 1000},
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    assert Editor.of(brand).do("create_redirect", wish).status == 422


def test_support_may_not_and_brands_have_paths_of_their_own(brand: Brand, another_brand: Brand) -> None:
    assert lead(Editor.of(brand, Role.SUPPORT), "/a", "/b").status == 403
    lead(Editor.of(another_brand), "/a", "/b")
    assert lead(Editor.of(brand), "/b", "/a").status == 201
