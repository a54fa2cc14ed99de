"""POST /v1/admin/products/{product_id}/publish."""

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.editors import Editor, look
from tests.gateway import Bus
from tests.people import rows
from tests.shop import change
from tests.stock import some_id

pytestmark = pytest.mark.usefixtures("issuer")

_IMAGE = """
    INSERT INTO catalog.product_images (id, product_id, key, alt, created_at)
    VALUES (%(id)s, %(product)s, 'products/bol.webp', %(alt)s, '2026-01-01T00:00:00Z')
"""


def test_a_product_is_in_the_shop_once_it_is_published(brand: Brand, bus: Bus) -> None:
    editor = Editor.of(brand)
    bowl = editor.product()
    answer = editor.do("publish_product", product_id=bowl["id"], version=1)
    assert (answer.status, answer.body["status"], answer.body["version"]) == (200, "active", 2)
    assert answer.body["published_at"] is not None
    assert look(brand, bowl["slug"]).body["price_from"] == {"amount": 1000, "currency": "EUR"}
    again = editor.do("publish_product", product_id=bowl["id"])
    assert (again.status, again.body["version"]) == (200, 2)
    bus.relay()
    [fact] = bus.of("product.published")
    assert fact["data"] == {"product_id": bowl["id"], "slug": "bol-dyle", "title": "Bol Dyle"}


def test_what_has_nothing_to_sell_or_pictures_without_words_must_wait(brand: Brand) -> None:
    editor = Editor.of(brand)
    empty = editor.product(variants=[])
    refused = editor.do("publish_product", product_id=empty["id"])
    assert (refused.status, refused.code) == (409, "product_not_ready")
    assert [error["code"] for error in refused.body["errors"]] == ["variant_missing"]
    free = editor.product(variants=[{"sku": "X"}])
    refused = editor.do("publish_product", product_id=free["id"])
    assert [error["code"] for error in refused.body["errors"]] == ["price_missing"]
    bowl = editor.product()
    change(brand, _IMAGE, id=some_id(), product=bowl["id"], alt="")
    refused = editor.do("publish_product", product_id=bowl["id"])
    assert [error["field"] for error in refused.body["errors"]] == ["images.0.alt"]
    change(brand, "UPDATE catalog.product_images SET alt = 'Un bol'")
    assert editor.do("publish_product", product_id=bowl["id"]).status == 200


def test_points_alone_are_a_price(brand: Brand) -> None:
    editor = Editor.of(brand)
    reward = editor.published(kind="points_reward", variants=[{"sku": "R", "price_points": 100}])
    [variant] = look(brand, reward["slug"]).body["variants"]
    assert (variant["price"], variant["price_points"]) == (None, 100)


def test_who_comes_back_takes_its_address_back(brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.published()
    editor.do("archive_product", product_id=bowl["id"])
    made = editor.do("create_redirect", {"from_path": "/products/bol-dyle", "to_path": "/categories/bols"})
    assert made.status == 201
    back = editor.do("publish_product", product_id=bowl["id"]).body
    assert back["published_at"] == bowl["published_at"]
    assert look(brand, "bol-dyle").status == 200
    assert rows(brand, "SELECT 1 FROM catalog.url_redirects") == []


def test_older_versions_other_roles_and_other_brands_are_refused(brand: Brand, another_brand: Brand) -> None:
    editor = Editor.of(brand)
    bowl = editor.product()
    assert editor.do("publish_product", product_id=bowl["id"], version=7).status == 412
    assert Editor.of(brand, Role.SUPPORT).do("publish_product", product_id=bowl["id"]).status == 403
    assert Editor.of(another_brand).do("publish_product", product_id=bowl["id"]).status == 404
