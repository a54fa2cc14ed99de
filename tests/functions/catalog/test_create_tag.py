"""POST /v1/admin/tags."""

from typing import Any

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor
from tests.people import rows

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_tag_is_made_under_a_slug_of_its_own(brand: Brand) -> None:
    editor = Editor.of(brand)
    answer = editor.do("create_tag", {"title": "Fait à la main"})
    assert (answer.status, answer.headers["etag"]) == (201, '"1"')
    assert (answer.body["slug"], answer.body["product_count"]) == ("fait-a-la-main", 0)
    assert editor.do("create_tag", {"title": "Fait à la main"}).body["slug"] == "fait-a-la-main-2"
    assert editor.do("create_tag", {"title": "X", "slug": "fait-a-la-main"}).code == "slug_taken"
    entries = rows(brand, "SELECT resource_id FROM platform.audit_logs ORDER BY sequence")
    assert entries[0] == (answer.body["id"],)


@pytest.mark.parametrize("wish", [{}, {"title": ""}, {"title": "x" * 101}, {"title": "X", "slug": "X"}])
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    assert Editor.of(brand).do("create_tag", wish).status == 422


def test_support_may_not(brand: Brand) -> None:
    assert Editor.of(brand, Role.SUPPORT).do("create_tag", {"title": "Bio"}).status == 403
