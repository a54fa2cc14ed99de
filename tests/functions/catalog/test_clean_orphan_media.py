"""Every day: what nobody waits for any more is forgotten."""

import pytest

from functions.catalog.clean_orphan_media import handler
from functions.catalog.on_image_uploaded import handler as on_uploaded
from shared.platform.brands import Brand
from tests.functions.catalog.test_add_product_image import add
from tests.functions.catalog.test_on_image_uploaded import image, sent
from tests.gateway import Bus
from tests.media import PRIVATE, Store
from tests.people import rows
from tests.pictures import picture
from tests.shop import change, product, sell
from tests.spreadsheets import Importer, row, sheet
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def test_an_image_whose_file_never_came_is_forgotten_after_a_day(
    brand: Brand, store: Store, at: Clock
) -> None:
    made = product("bol", images=())
    sell(brand, made, units=0)
    add(brand, made.id)
    assert handler({}, None)["processed"] == 0
    at.move(days=1.1)
    assert handler({}, None)["processed"] == 1
    assert rows(brand, "SELECT id FROM catalog.product_images") == []
    assert rows(brand, "SELECT key FROM catalog.unused_media") == []


def test_what_was_sent_is_deleted_after_a_day_and_its_renditions_stay(
    brand: Brand, store: Store, at: Clock
) -> None:
    key = sent(brand, store, picture("PNG"))
    store.arrive(on_uploaded, key)
    handler({}, None)
    assert store.keys(PRIVATE) == [key]
    at.move(days=2)
    handler({}, None)
    assert store.keys(PRIVATE) == []
    assert len(store.keys()) == 3
    assert image(brand).status == "ready"


def test_what_was_rejected_can_be_read_about_for_a_month(brand: Brand, store: Store, at: Clock) -> None:
    key = sent(brand, store, b"<svg/>")
    store.arrive(on_uploaded, key)
    at.move(days=29)
    handler({}, None)
    assert image(brand).status == "rejected"
    at.move(days=2)
    handler({}, None)
    assert rows(brand, "SELECT id FROM catalog.product_images") == []


def test_files_of_a_deleted_product_go_a_month_later(brand: Brand, store: Store, at: Clock, bus: Bus) -> None:
    key = sent(brand, store, picture("PNG"))
    store.arrive(on_uploaded, key)
    change(brand, "DELETE FROM catalog.products")
    handler({}, None)
    at.move(days=29)
    handler({}, None)
    assert len(store.keys()) == 3
    at.move(days=2)
    answer = handler({}, None)
    assert (answer["failed"], answer["finished"]) == (0, True)
    assert store.keys() == []
    assert rows(brand, "SELECT key FROM catalog.unused_media") == []


def test_a_file_that_another_image_shows_stays(brand: Brand, store: Store, at: Clock) -> None:
    key = sent(brand, store, picture("PNG"))
    store.arrive(on_uploaded, key)
    twin = product("tasse", images=())
    sell(brand, twin, units=0)
    change(
        brand,
        """INSERT INTO catalog.product_images (id, product_id, key, renditions, alt, created_at)
           SELECT gen_random_uuid(), %(twin)s, key, renditions, alt, created_at FROM catalog.product_images""",
        twin=twin.id,
    )
    change(brand, "DELETE FROM catalog.products WHERE slug = 'bol'")
    handler({}, None)
    at.move(days=31)
    handler({}, None)
    assert len(store.keys()) == 3
    assert rows(brand, "SELECT key FROM catalog.unused_media") == []


def test_what_an_import_left_behind_goes_with_its_job(
    brand: Brand, store: Store, bus: Bus, at: Clock
) -> None:
    Importer.of(brand, store, bus).send(sheet(row("a")), "skip_errors")
    at.move(days=29)
    handler({}, None)
    assert len(rows(brand, "SELECT * FROM catalog.imported_products")) == 1
    at.move(days=2)
    handler({}, None)
    assert rows(brand, "SELECT * FROM catalog.imported_products") == []


def test_other_brands_keep_theirs(brand: Brand, another_brand: Brand, store: Store, at: Clock) -> None:
    key = sent(brand, store, picture("PNG"))
    store.arrive(on_uploaded, key)
    theirs = product("bol", images=())
    sell(another_brand, theirs, units=0)
    form = add(another_brand, theirs.id).body["upload"]
    store.arrive(on_uploaded, store.send(form, picture("PNG")))
    change(brand, "DELETE FROM catalog.products")
    handler({}, None)
    at.move(days=31)
    handler({}, None)
    kept = store.keys()
    assert len(kept) == 3
    assert all(each.startswith(str(another_brand.id)) for each in kept)
