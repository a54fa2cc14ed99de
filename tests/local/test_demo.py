"""The demo brand: what everybody finds at the first start, and at every later one."""

from io import BytesIO

import boto3
import psycopg
import pytest
from moto import mock_aws
from PIL import Image

from functions.catalog import get_product, list_products
from local.demo import brands, catalogue, ids, load
from local.demo.bench_catalogue import BENCH, fill
from local.demo.drawings import DRAWINGS
from local.demo.pictures import IMAGES, upload
from local.demo.state import PARTS, is_loaded
from shared.identity.credentials import authenticate, is_anybody, is_partner, is_staff
from shared.identity.partners import PartnerRole
from shared.identity.permissions import Role
from shared.inventory import reconciling
from shared.inventory.availability import availability
from shared.migrations.provision import DatabaseUrls
from shared.platform.settings import forget
from shared.platform.work import begin
from tests.gateway import call

LARGEST_PICTURE = 40_000


@pytest.fixture
def loaded(database: DatabaseUrls, issuer: str) -> DatabaseUrls:
    load.load()
    return database


def test_a_second_start_loads_nothing_twice(database: DatabaseUrls, issuer: str) -> None:
    assert not is_loaded(database.jobs)
    assert load.load() == [f"{brand}/{part}" for brand, parts in PARTS.items() for part in parts]
    assert is_loaded(database.jobs)
    assert load.load() == []


def test_a_start_that_was_cut_off_is_finished_by_the_next(
    database: DatabaseUrls, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(load, "create_tags", None)
        with pytest.raises(TypeError):
            load.load()
    assert not is_loaded(database.jobs)
    assert "demo/people" not in load.load()
    assert is_loaded(database.jobs)


def test_what_is_reduced_shows_what_it_was_to_be_had_for_before(loaded: DatabaseUrls) -> None:
    slug = "plaid-en-laine-fagnes"
    answer = call(
        get_product.handler,
        "GET",
        f"/v1/store/products/{slug}",
        headers={"x-brand": "demo"},
        path_params={"slug": slug},
    )
    reduced, regular = answer.body["variants"]
    assert (reduced["price"]["amount"], reduced["prior_price"]["amount"]) == (8900, 10900)
    assert regular["prior_price"] is None


def test_the_shop_shows_a_dozen_products_in_three_categories_with_pictures(
    loaded: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIA_URL", "http://127.0.0.1:3000/_local/assets")
    forget()
    answer = call(list_products.handler, "GET", "/v1/store/products", headers={"x-brand": "demo"})
    assert answer.body["pagination"]["total"] == 12
    assert [facet["slug"] for facet in answer.body["filters"]["categories"]] == [
        "epicerie",
        "maison",
        "papeterie",
    ]
    for product in answer.body["data"]:
        (image,) = product["images"]
        assert image["url"] == f"http://127.0.0.1:3000/_local/assets/{catalogue.image_key(product['slug'])}"
        assert [each["width"] for each in image["renditions"]] == [200, 600, 800]
        assert (image["renditions"][-1]["url"], image["width"]) == (image["url"], 800)
        assert product["available"]
        assert image["alt"]


def test_the_named_variants_are_what_they_are_called(loaded: DatabaseUrls) -> None:
    with begin(brands.DEMO, "test") as work:
        found = availability(
            work,
            [ids.FIFTY_IN_STOCK_VARIANT, ids.COFFEE_VARIANT, ids.SOLD_OUT_VARIANT, ids.OTHER_BRANDS_VARIANT],
        )
        assert found[ids.FIFTY_IN_STOCK_VARIANT].quantity == 50
        assert found[ids.COFFEE_VARIANT].quantity > 100
        assert ids.SOLD_OUT_VARIANT not in found
        assert ids.OTHER_BRANDS_VARIANT not in found
        assert reconciling.count(work).discrepancies == []
    for slug, variant in (
        (ids.COFFEE_SLUG, ids.COFFEE_VARIANT),
        (ids.FIFTY_IN_STOCK_SLUG, ids.FIFTY_IN_STOCK_VARIANT),
    ):
        page = call(
            get_product.handler,
            "GET",
            f"/v1/store/products/{slug}",
            headers={"x-brand": "demo"},
            path_params={"slug": slug},
        )
        assert page.body["variants"][0]["id"] == str(variant)
        assert page.body["related"]


def test_food_and_books_are_of_the_reduced_category() -> None:
    reduced = {
        product.slug
        for product in catalogue.products()
        if {variant.tax_category for variant in product.variants} == {"reduced"}
    }
    assert {ids.COFFEE_SLUG, "livre-villes-de-papier"} <= reduced
    assert ids.FIFTY_IN_STOCK_SLUG not in reduced


def test_the_other_brand_sells_what_the_demo_does_not_know(loaded: DatabaseUrls) -> None:
    for brand, status in (("other", 200), ("demo", 404)):
        slug = ids.OTHER_BRANDS_SLUG
        answer = call(
            get_product.handler,
            "GET",
            f"/v1/store/products/{slug}",
            headers={"x-brand": brand},
            path_params={"slug": slug},
        )
        assert answer.status == status


def test_everybody_named_can_sign_in(loaded: DatabaseUrls) -> None:
    with begin(brands.DEMO, "test") as work:
        for email, (role, _) in brands.STAFF.items():
            assert authenticate(work, email, brands.PASSWORD, "192.0.2.1", door=is_staff).role is role
        ada = authenticate(work, brands.CUSTOMER[0], brands.PASSWORD, "192.0.2.1", door=is_anybody)
        assert ada.role is Role.MEMBER
        owner = authenticate(work, brands.PARTNER_OWNER[0], brands.PASSWORD, "192.0.2.1", door=is_partner)
        assert owner.partner_role is PartnerRole.OWNER


def test_every_product_has_a_small_square_picture_drawn_by_us() -> None:
    slugs = {product.slug for product in catalogue.products()}
    assert slugs == DRAWINGS.keys()
    drawn = {name: side for slug in slugs for side, name in catalogue.image_names(slug).items()}
    assert {path.name for path in IMAGES.glob("*.webp")} == drawn.keys()
    for name, side in drawn.items():
        picture = (IMAGES / name).read_bytes()
        assert len(picture) < LARGEST_PICTURE
        with Image.open(BytesIO(picture)) as image:
            assert (image.format, image.size) == ("WEBP", (side, side))


def test_the_bench_catalogue_is_made_once_and_has_stock(database: DatabaseUrls) -> None:
    first = fill(BENCH, 5)
    assert [slug for slug, _ in first] == [f"product-{number:04}" for number in range(1, 6)]
    assert all(len(variants) == 2 for _, variants in first)
    assert fill(BENCH, 5) == first
    answer = call(list_products.handler, "GET", "/v1/store/products", headers={"x-brand": "bench"})
    assert answer.body["pagination"]["total"] == 5
    assert all(product["available"] for product in answer.body["data"])
    with begin(BENCH, "test") as work:
        assert reconciling.count(work).discrepancies == []


def test_the_parts_that_are_asked_for_are_those_that_can_be_loaded(loaded: DatabaseUrls) -> None:
    with psycopg.connect(loaded.jobs) as connection:
        rows = connection.execute("SELECT slug, settings -> 'demo_parts' FROM platform.brands").fetchall()
    assert {slug: tuple(parts) for slug, parts in rows} == PARTS


@mock_aws
def test_pictures_are_put_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="media", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert upload("media") == 3 * len(DRAWINGS)
    assert upload("media") == 0
    kept = s3.get_object(Bucket="media", Key=catalogue.image_key(ids.COFFEE_SLUG))
    assert kept["ContentType"] == "image/webp"
    assert kept["Body"].read() == (IMAGES / f"{ids.COFFEE_SLUG}.webp").read_bytes()
