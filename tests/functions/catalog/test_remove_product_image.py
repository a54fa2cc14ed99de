"""DELETE /v1/admin/products/{product_id}/images/{image_id}."""

from uuid import UUID, uuid4

import pytest

from functions.catalog.remove_product_image import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.accounts import signed_in
from tests.functions.catalog.test_change_product_image import order, sold
from tests.gateway import Answer, Bus, call
from tests.people import rows

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def remove(
    brand: Brand, product_id: UUID, image_id: UUID, role: Role = Role.MANAGER, **headers: str
) -> Answer:
    return call(
        handler,
        "DELETE",
        f"/v1/admin/products/{product_id}/images/{image_id}",
        headers=signed_in(brand, role) | headers,
        path_params={"product_id": str(product_id), "image_id": str(image_id)},
    )


def test_an_image_is_gone_at_once_and_its_file_later(brand: Brand, bus: Bus) -> None:
    of, images = sold(brand)
    assert remove(brand, of, images[1]).status == 204
    assert order(brand) == [images[0], images[2]]
    [listing] = rows(brand, "SELECT card FROM catalog.product_listings")
    assert [image["key"] for image in listing.card["images"]] == ["0.webp", "2.webp"]
    assert [tuple(row) for row in rows(brand, "SELECT key, since FROM catalog.unused_media")] == [
        ("1.webp", None)
    ]
    bus.relay()
    assert bus.of("product.updated")[-1]["data"]["changed"] == ["images"]
    assert remove(brand, of, images[1]).code == "image_not_found"


def test_who_may(brand: Brand, another_brand: Brand) -> None:
    of, (first, *_) = sold(brand)
    assert remove(brand, of, first, role=Role.SUPPORT).status == 403
    assert remove(brand, of, first, authorization="").status == 401
    assert remove(another_brand, of, first).code == "product_not_found"
    assert remove(brand, uuid4(), first).code == "product_not_found"
    assert len(order(brand)) == 3
