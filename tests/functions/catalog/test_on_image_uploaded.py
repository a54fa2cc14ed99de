"""upload of images: what becomes of a file that has arrived."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.catalog.list_products import handler as list_products
from functions.catalog.on_image_uploaded import handler
from functions.catalog.remove_product_image import handler as remove
from shared.catalog import processing
from shared.identity.permissions import Role
from shared.platform import media_files, steps
from shared.platform.brands import Brand
from shared.platform.database import close_all
from tests.accounts import signed_in
from tests.functions.catalog.test_add_product_image import add, sold
from tests.gateway import Bus, call
from tests.killing import Killed
from tests.media import MEDIA_URL, Store
from tests.people import rows
from tests.pictures import opened, picture

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def image(brand: Brand) -> Any:
    [row] = rows(brand, "SELECT * FROM catalog.product_images")
    return row


def sent(brand: Brand, store: Store, content: bytes) -> str:
    """The key of a file that was sent for a new image of a product that is in the shop."""
    return store.send(add(brand, sold(brand)).body["upload"], content)


def shown(brand: Brand) -> list[Any]:
    answer = call(list_products, "GET", "/v1/store/products", headers={"x-brand": brand.slug})
    images: list[Any] = answer.body["data"][0]["images"]
    return images


def test_a_file_becomes_renditions_that_the_shop_shows(brand: Brand, store: Store, bus: Bus) -> None:
    key = sent(brand, store, picture("PNG", (1500, 1000)))
    assert store.arrive(handler, key) == []
    [seen] = shown(brand)
    assert (seen["alt"], seen["width"], seen["height"]) == ("Un bol", 1200, 800)
    assert [each["width"] for each in seen["renditions"]] == [200, 600, 1200]
    assert seen["renditions"][-1]["url"] == seen["url"]
    for each in seen["renditions"]:
        file = store.client.get_object(Bucket="test-media", Key=each["url"].removeprefix(f"{MEDIA_URL}/"))
        assert (file["ContentType"], file["CacheControl"]) == ("image/webp", media_files.FOREVER)
        assert opened(file["Body"].read()).width == each["width"]
    bus.relay()
    assert bus.of("product.updated")[-1]["data"]["changed"] == ["images"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"<svg onload='alert(1)'/>", "unsupported_type"), (picture("PNG")[:500], "truncated"), (b"", "empty")],
    ids=["svg", "half", "nothing"],
)
def test_staff_are_told_why_nothing_was_made_of_it(
    brand: Brand, store: Store, content: bytes, reason: str
) -> None:
    key = sent(brand, store, picture("PNG"))
    store.client.put_object(Bucket="test-private", Key=key, Body=content)
    assert store.arrive(handler, key) == []
    row = image(brand)
    assert (row.status, row.key) == ("rejected", None)
    assert row.reason == reason or (reason == "truncated" and row.reason == "unreadable")
    assert store.keys() == []
    assert shown(brand) == []


def test_delivered_twice_and_sent_twice_it_is_made_once(brand: Brand, store: Store, bus: Bus) -> None:
    key = sent(brand, store, picture("PNG"))
    assert store.arrive(handler, key, event_id="0199aaaa-0000-7000-8000-000000000001", times=2) == []
    made = image(brand)
    store.client.put_object(Bucket="test-private", Key=key, Body=picture("JPEG", (900, 900)))
    assert store.arrive(handler, key) == []
    assert image(brand) == made
    bus.relay()
    assert len(bus.of("product.updated")) == 1


@pytest.mark.parametrize(
    "place", ["before_story", "before_commit", "before_reach", "after_reach", "before_settle"]
)
def test_killed_anywhere_the_next_delivery_finishes(brand: Brand, store: Store, place: str) -> None:
    key = sent(brand, store, picture("PNG"))

    def die(name: str, function: str) -> None:
        if name == place:
            raise Killed

    steps.install(die)
    with pytest.raises(Killed):
        store.arrive(handler, key)
    steps.install(None)
    assert store.arrive(handler, key) == []
    assert image(brand).status == "ready"
    assert sorted(store.keys()) == sorted(image(brand).renditions.values())


def test_a_file_that_kills_its_function_each_time_is_rejected_in_the_end(brand: Brand, store: Store) -> None:
    key = sent(brand, store, picture("PNG"))

    def die(name: str, function: str) -> None:
        if name == "before_reach":
            raise Killed

    steps.install(die)
    for _ in range(processing.MOST_ATTEMPTS):
        with pytest.raises(Killed):
            store.arrive(handler, key)
    assert store.arrive(handler, key) == []
    row = image(brand)
    assert (row.status, row.reason, row.attempts) == ("rejected", "too_slow", processing.MOST_ATTEMPTS)


def test_an_image_removed_meanwhile_leaves_no_file_for_ever(brand: Brand, store: Store) -> None:
    key = sent(brand, store, picture("PNG"))
    row = image(brand)

    def take_away(name: str, function: str) -> None:
        if name == "after_reach":
            steps.install(None)
            path = f"/v1/admin/products/{row.product_id}/images/{row.id}"
            params = {"product_id": str(row.product_id), "image_id": str(row.id)}
            caller = signed_in(brand, Role.MANAGER)
            assert call(remove, "DELETE", path, headers=caller, path_params=params).status == 204

    steps.install(take_away)
    assert store.arrive(handler, key) == []
    assert rows(brand, "SELECT id FROM catalog.product_images") == []
    unused = rows(brand, "SELECT key FROM catalog.unused_media")
    assert sorted(each.key for each in unused) == sorted(store.keys())
    assert len(unused) == 3


def test_a_file_for_nothing_is_left_alone(brand: Brand, another_brand: Brand, store: Store) -> None:
    key = sent(brand, store, picture("PNG"))
    elsewhere = key.replace(str(brand.id), str(another_brand.id))
    store.client.put_object(Bucket="test-private", Key=elsewhere, Body=picture("PNG"))
    assert store.arrive(handler, elsewhere) == []
    assert image(brand).status == "pending"
    # Removed from the bucket before its turn: it may yet be sent again.
    store.client.delete_object(Bucket="test-private", Key=key)
    assert store.arrive(handler, key) == []
    assert image(brand).status == "pending"
    assert len(store.arrive(handler, "uploads/images/nonsense")) == 1


def test_two_at_once_make_one(brand: Brand, store: Store) -> None:
    key = sent(brand, store, picture("PNG", (1300, 700)))

    def once(_: int) -> list[Any]:
        try:
            return store.arrive(handler, key)
        finally:
            close_all()

    with ThreadPoolExecutor(3) as pool:
        assert [failure for failures in pool.map(once, range(3)) for failure in failures] == []
    assert image(brand).status == "ready"
    assert sorted(store.keys()) == sorted(image(brand).renditions.values())
    assert rows(brand, "SELECT key FROM catalog.unused_media") == []
