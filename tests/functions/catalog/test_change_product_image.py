"""PATCH /v1/admin/products/{product_id}/images/{image_id}."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.catalog.change_product_image import handler
from shared.catalog.creation import NewImage
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.accounts import signed_in
from tests.gateway import Answer, Bus, call
from tests.people import rows
from tests.shop import change, product, sell

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def sold(brand: Brand) -> tuple[UUID, list[UUID]]:
    """A product in the shop and its three images."""
    made = product("bol", images=tuple(NewImage(key=f"{n}.webp", alt=f"Vue {n}") for n in range(3)))
    sell(brand, made, units=0)
    return made.id, order(brand)


def order(brand: Brand) -> list[UUID]:
    return [row.id for row in rows(brand, "SELECT id FROM catalog.product_images ORDER BY position, id")]


def edit(
    brand: Brand, product_id: UUID, image_id: UUID, body: Any, role: Role = Role.MANAGER, **headers: str
) -> Answer:
    return call(
        handler,
        "PATCH",
        f"/v1/admin/products/{product_id}/images/{image_id}",
        body,
        headers=signed_in(brand, role) | headers,
        path_params={"product_id": str(product_id), "image_id": str(image_id)},
    )


def test_what_is_on_an_image_is_said_anew(brand: Brand, bus: Bus) -> None:
    of, (first, *_) = sold(brand)
    answer = edit(brand, of, first, {"alt": "Un bol bleu"})
    assert (answer.status, answer.body["alt"], answer.body["version"]) == (200, "Un bol bleu", 2)
    [listing] = rows(brand, "SELECT card FROM catalog.product_listings")
    assert listing.card["images"][0]["alt"] == "Un bol bleu"
    bus.relay()
    assert bus.of("product.updated")[-1]["data"]["changed"] == ["images"]
    [entry] = rows(brand, "SELECT action FROM platform.audit_logs WHERE action LIKE 'catalog.%%'")
    assert entry.action == "catalog.change_product_image"


@pytest.mark.parametrize(
    ("place", "expected"), [(0, [2, 0, 1]), (1, [0, 2, 1]), (2, [0, 1, 2]), (900, [0, 1, 2])]
)
def test_an_image_takes_its_place_and_the_others_make_room(
    brand: Brand, place: int, expected: list[int]
) -> None:
    of, images = sold(brand)
    assert edit(brand, of, images[2], {"position": place}).status == 200
    assert order(brand) == [images[index] for index in expected]
    positions = [
        row.position for row in rows(brand, "SELECT position FROM catalog.product_images ORDER BY position")
    ]
    assert positions == [0, 1, 2]


def test_nothing_changed_is_told_to_nobody(brand: Brand, bus: Bus) -> None:
    of, (first, *_) = sold(brand)
    bus.relay()
    assert edit(brand, of, first, {"alt": "Vue 0", "position": 0}).body["version"] == 1
    assert edit(brand, of, first, {}).status == 200
    bus.relay()
    assert bus.of("product.updated") == []


def test_a_change_for_another_version_is_refused(brand: Brand) -> None:
    of, (first, *_) = sold(brand)
    first_version = {"if-match": '"1"'}
    assert edit(brand, of, first, {"alt": "a"}, Role.MANAGER, **first_version).status == 200
    stale = edit(brand, of, first, {"alt": "b"}, Role.MANAGER, **first_version)
    assert (stale.status, stale.body["version"]) == (412, 2)


def test_what_is_in_the_shop_keeps_an_alternative_text(brand: Brand) -> None:
    of, (first, *_) = sold(brand)
    assert edit(brand, of, first, {"alt": " \u200b "}).code == "alt_text_required"
    change(brand, "UPDATE catalog.products SET status = 'archived'")
    assert edit(brand, of, first, {"alt": ""}).status == 200


def test_nonsense_is_refused(brand: Brand) -> None:
    of, (first, *_) = sold(brand)
    for body in ({"alt": None}, {"position": -1}, {"position": 10**9}, {"alt": "x" * 501}, {"key": "x"}):
        assert edit(brand, of, first, body).status == 422


def test_who_may(brand: Brand, another_brand: Brand) -> None:
    of, (first, *_) = sold(brand)
    assert edit(brand, of, first, {"alt": "x"}, role=Role.SUPPORT).status == 403
    assert edit(brand, of, first, {"alt": "x"}, authorization="").status == 401
    assert edit(another_brand, of, first, {"alt": "x"}).code == "product_not_found"
    assert edit(brand, of, uuid4(), {"alt": "x"}).code == "image_not_found"
    assert edit(brand, uuid4(), first, {"alt": "x"}).code == "product_not_found"
