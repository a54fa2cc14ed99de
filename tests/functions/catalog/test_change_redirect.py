"""PATCH /v1/admin/redirects/{redirect_id}."""

from typing import Any

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor
from tests.gateway import Answer

pytestmark = pytest.mark.usefixtures("issuer")


def made(editor: Editor, from_path: str, to_path: str) -> dict[str, Any]:
    return dict(editor.do("create_redirect", {"from_path": from_path, "to_path": to_path}).body)


def change(editor: Editor, redirect: dict[str, Any], version: int | None = None, **wish: Any) -> Answer:
    return editor.do("change_redirect", wish, redirect_id=redirect["id"], version=version)


def test_it_leads_elsewhere_from_now_on(brand: Brand) -> None:
    editor = Editor.of(brand)
    way = made(editor, "/a", "/b")
    answer = change(editor, way, 1, to_path="/c", status=302)
    assert (answer.status, answer.headers["etag"]) == (200, '"2"')
    assert (answer.body["id"], answer.body["to_path"], answer.body["status"]) == (way["id"], "/c", 302)
    assert change(editor, way, from_path="/aa").body["from_path"] == "/aa"
    gone = change(editor, way, status=410).body
    assert (gone["to_path"], gone["status"]) == (None, 410)
    assert change(editor, way, status=301).code == "redirect_incomplete"
    assert change(editor, way, status=301, to_path="/d").body["to_path"] == "/d"


def test_chains_loops_and_twins_are_seen_here_too(brand: Brand) -> None:
    editor = Editor.of(brand)
    first, second = made(editor, "/a", "/b"), made(editor, "/c", "/d")
    assert change(editor, second, to_path="/a").body["to_path"] == "/b"
    assert change(editor, second, from_path="/b").code == "redirect_loop"
    assert change(editor, second, from_path="/a", to_path="/x").code == "redirect_exists"
    assert change(editor, first, to_path="/a").code == "redirect_loop"
    editor.published()
    assert change(editor, first, from_path="/products/bol-dyle").code == "address_in_use"


def test_older_versions_roles_and_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    way = made(editor, "/a", "/b")
    assert change(editor, way, 9, status=302).status == 412
    assert change(editor, way, from_path=None).status == 422
    assert change(Editor.of(brand, Role.SUPPORT), way, status=302).status == 403
    assert change(Editor.of(another_brand), way, status=302).code == "redirect_not_found"
