"""POST /v1/admin/products/{product_id}/images."""

from contextlib import nullcontext
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.catalog.add_product_image import handler
from local.surface.post_policy import PolicyFailed, check
from shared.catalog.images import MOST_IMAGES
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.accounts import signed_in
from tests.gateway import Answer, Bus, call
from tests.media import PRIVATE, SECRET, Store, multipart
from tests.people import rows
from tests.pictures import picture
from tests.shop import change, product, sell

pytestmark = pytest.mark.usefixtures("issuer", "bus")
MEBIBYTE = 1024 * 1024


def add(
    brand: Brand, product_id: UUID, body: Any = None, role: Role = Role.MANAGER, **headers: str
) -> Answer:
    path = f"/v1/admin/products/{product_id}/images"
    return call(
        handler,
        "POST",
        path,
        body if body is not None else {"alt": "Un bol"},
        headers=signed_in(brand, role) | headers,
        path_params={"product_id": str(product_id)},
    )


def sold(brand: Brand, **more: Any) -> UUID:
    made = product("bol", images=(), **more)
    sell(brand, made, units=0)
    return made.id


def test_a_form_is_given_for_a_file_of_one_type_and_ten_megabytes(brand: Brand, store: Store) -> None:
    answer = add(brand, sold(brand), {"content_type": "image/png", "alt": "Un bol\x07 bleu"})
    assert answer.status == 201, answer.body
    image = answer.body
    assert (image["status"], image["alt"], image["position"], image["url"]) == (
        "pending",
        "Un bol bleu",
        0,
        None,
    )
    form = image["upload"]
    assert form["fields"]["key"] == f"uploads/images/{brand.id}/{image['id']}"
    assert form["max_bytes"] == 10 * MEBIBYTE
    store.send(form, picture("PNG"))


@pytest.mark.parametrize(
    ("changed", "size", "code"),
    [
        ({}, 0, "EntityTooSmall"),
        ({}, 10 * MEBIBYTE + 1, "EntityTooLarge"),
        ({"Content-Type": "image/svg+xml"}, 10, "AccessDenied"),
        ({"key": "uploads/images/elsewhere"}, 10, "AccessDenied"),
        ({"x-amz-signature": "0" * 64}, 10, "SignatureDoesNotMatch"),
        ({"acl": "public-read"}, 10, "AccessDenied"),
        ({"policy": "e30="}, 10, "SignatureDoesNotMatch"),
    ],
)
def test_s3_refuses_what_the_form_does_not_say(
    brand: Brand, store: Store, changed: dict[str, str], size: int, code: str
) -> None:
    form = add(brand, sold(brand), {"content_type": "image/png", "alt": "x"}).body["upload"]
    body = multipart(form["fields"] | changed, b"\x00" * size)
    with pytest.raises(PolicyFailed) as refused:
        check("multipart/form-data; boundary=b", body, PRIVATE, SECRET)
    assert refused.value.code == code


def test_a_form_without_a_type_takes_images_alone(brand: Brand, store: Store) -> None:
    form = add(brand, sold(brand)).body["upload"]
    # Its fields are enough, and who knows the type may say it.
    store.send(form, picture("PNG"))
    for content_type, taken in (("image/avif", True), ("text/html", False), ("", False)):
        sent = form | {"fields": form["fields"] | {"Content-Type": content_type}}
        with nullcontext() if taken else pytest.raises(PolicyFailed):
            store.send(sent, picture("PNG"))


def test_images_come_in_their_order(brand: Brand, store: Store) -> None:
    of = sold(brand)
    first, second = add(brand, of).body, add(brand, of).body
    between = add(brand, of, {"alt": "x", "position": 1}).body
    assert (first["position"], second["position"], between["position"]) == (0, 1, 1)
    order = rows(brand, "SELECT id FROM catalog.product_images ORDER BY position")
    assert [str(row.id) for row in order] == [first["id"], between["id"], second["id"]]


def test_the_shop_shows_nothing_before_it_is_ready(brand: Brand, store: Store) -> None:
    add(brand, sold(brand))
    [listing] = rows(brand, "SELECT card FROM catalog.product_listings")
    assert listing.card["images"] == []


def test_what_is_in_the_shop_needs_an_alternative_text(brand: Brand, store: Store) -> None:
    of = sold(brand)
    refused = add(brand, of, {})
    assert (refused.status, refused.code) == (409, "alt_text_required")
    change(brand, "UPDATE catalog.products SET status = 'draft'")
    assert add(brand, of, {}).status == 201


def test_a_product_has_fifty_images_at_most(brand: Brand, store: Store) -> None:
    of = sold(brand)
    change(
        brand,
        """INSERT INTO catalog.product_images (id, product_id, status, created_at)
           SELECT gen_random_uuid(), %(id)s, 'pending', now() FROM generate_series(2, %(most)s)""",
        id=of,
        most=MOST_IMAGES,
    )
    assert add(brand, of).status == 201
    assert add(brand, of).code == "too_many_images"


@pytest.mark.parametrize(
    "body",
    [{"content_type": "image/svg+xml"}, {"position": -1}, {"alt": "x" * 501}, {"key": "x"}, {"alt": None}],
)
def test_nonsense_is_refused(brand: Brand, store: Store, body: dict[str, Any]) -> None:
    assert add(brand, sold(brand), body).status == 422


def test_who_may(brand: Brand, another_brand: Brand, store: Store) -> None:
    of = sold(brand)
    assert add(brand, of, role=Role.SUPPORT).status == 403
    assert add(brand, uuid4()).code == "product_not_found"
    assert add(another_brand, of).code == "product_not_found"
    assert add(brand, of, authorization="").status == 401


def test_the_same_order_twice_is_one_image(brand: Brand, store: Store, bus: Bus) -> None:
    of = sold(brand)
    token = signed_in(brand, Role.MANAGER) | {"idempotency-key": "once"}
    answers = [
        call(handler, "POST", f"/v1/admin/products/{of}/images", {"alt": "x"}, headers=token, path_params={"product_id": str(of)})
        for _ in range(2)
    ]  # fmt: skip
    assert answers[0].body == answers[1].body
    assert len(rows(brand, "SELECT id FROM catalog.product_images")) == 1
