"""DELETE /v1/admin/redirects/{redirect_id}."""

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor
from tests.people import rows

pytestmark = pytest.mark.usefixtures("issuer")


def test_it_leads_nowhere_any_more(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    way = editor.do("create_redirect", {"from_path": "/a", "to_path": "/b"}).body
    assert Editor.of(brand, Role.SUPPORT).do("delete_redirect", redirect_id=way["id"]).status == 403
    assert Editor.of(another_brand).do("delete_redirect", redirect_id=way["id"]).status == 404
    assert editor.do("delete_redirect", redirect_id=way["id"]).status == 204
    assert editor.do("delete_redirect", redirect_id=way["id"]).code == "redirect_not_found"
    assert rows(brand, "SELECT 1 FROM catalog.url_redirects") == []
