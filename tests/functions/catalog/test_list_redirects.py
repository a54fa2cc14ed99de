"""GET /v1/admin/redirects."""

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor

pytestmark = pytest.mark.usefixtures("issuer")


def test_redirects_come_by_where_they_begin(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    Editor.of(another_brand).do("create_redirect", {"from_path": "/0", "to_path": "/1"})
    for start, aim in (("/b", "/x"), ("/a", "/y")):
        editor.do("create_redirect", {"from_path": start, "to_path": aim})
    listed = editor.do("list_redirects").body
    assert [each["from_path"] for each in listed["data"]] == ["/a", "/b"]
    assert listed["pagination"]["total"] == 2
    assert [each["from_path"] for each in editor.do("list_redirects", query={"q": "x"}).body["data"]] == [
        "/b"
    ]


def test_support_may_not_look(brand: Brand) -> None:
    assert Editor.of(brand, Role.SUPPORT).do("list_redirects").status == 403
