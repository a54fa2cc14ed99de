"""GET /v1/store/sitemap.xml."""

import base64
import gzip
from typing import Any
from xml.etree import ElementTree

import pytest

from functions.catalog.get_sitemap import handler
from shared.catalog import sitemap
from shared.platform import clock
from shared.platform.brands import Brand
from tests.gateway import call, http_event
from tests.shop import category, change, product, sell

PATH = "/v1/store/sitemap.xml"
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def get(brand: Brand, **query: Any) -> Any:
    return call(handler, "GET", PATH, query=query, headers={"x-brand": brand.slug})


def locations(brand: Brand, **query: Any) -> list[str]:
    answer = get(brand, **query)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    return [found.text or "" for found in ElementTree.fromstring(answer.body).iterfind(".//s:loc", SPACE)]


def test_categories_and_published_products_are_named_at_the_shops_address(
    brand: Brand, another_brand: Brand
) -> None:
    assert locations(brand) == []
    kitchen = category(brand, "cuisine")
    sell(
        brand, product("bol", category_ids=(kitchen.id,)), product("draft", status="draft", published_at=None)
    )
    sell(brand, product("planned", published_at=clock.now().replace(year=2999)))
    sell(another_brand, product("foreign"))
    assert locations(brand) == [
        "https://maison.example/categories/cuisine",
        "https://maison.example/products/bol",
    ]
    assert locations(another_brand) == ["https://ailleurs.example/products/foreign"]


def test_the_day_of_the_last_change_is_told(brand: Brand) -> None:
    sell(brand, product("bol"))
    change(brand, "UPDATE catalog.products SET updated_at = '2026-03-04T23:30:00Z'")
    assert "<lastmod>2026-03-04</lastmod>" in get(brand).body
    category(brand, "cuisine")
    change(brand, "UPDATE catalog.categories SET updated_at = '2026-04-05T10:00:00Z'")
    assert "<lastmod>2026-04-05</lastmod>" in get(brand).body


def test_what_is_not_to_be_indexed_or_has_its_content_elsewhere_is_not_named(brand: Brand) -> None:
    bowl, cup, own = product("bol"), product("tasse"), product("own")
    hidden = category(brand, "hidden")
    sell(brand, bowl, cup, own)
    for kind, thing, noindex, canonical in (
        ("product", bowl, True, None),
        ("product", cup, False, "https://elsewhere.example/x"),
        ("product", own, False, "https://maison.example/products/own"),
        ("category", hidden, True, None),
    ):
        change(
            brand,
            "INSERT INTO catalog.seo_metadata (entity_type, entity_id, noindex, canonical_url)"
            " VALUES (%(kind)s, %(id)s, %(noindex)s, %(canonical)s)",
            kind=kind,
            id=thing.id,
            noindex=noindex,
            canonical=canonical,
        )
    assert locations(brand) == ["https://maison.example/products/own"]


def test_past_the_most_addresses_of_a_file_it_is_an_index_of_parts(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "MOST_URLS", 2)
    sell(brand, *(product(f"p-{number}") for number in range(5)))
    index = locations(brand)
    assert index == [f"https://maison.example/v1/store/sitemap.xml?part={number}" for number in (1, 2, 3)]
    parts = [locations(brand, part=number) for number in (1, 2, 3)]
    assert [len(part) for part in parts] == [2, 2, 1]
    assert len({url for part in parts for url in part}) == 5
    for part, status in ((4, 404), (0, 422), ("x", 422), (-1, 422), (10**9, 422)):
        assert get(brand, part=part).status == status


def test_it_follows_the_shop_and_may_be_kept_for_an_hour(brand: Brand) -> None:
    sell(brand, product("bol"))
    first = get(brand)
    assert first.headers["cache-control"].startswith("public, max-age=3600")
    again = call(
        handler, "GET", PATH, headers={"x-brand": brand.slug, "if-none-match": first.headers["etag"]}
    )
    assert again.status == 304
    sell(brand, product("tasse"))
    assert len(locations(brand)) == 2


@pytest.mark.parametrize(
    ("offered", "packed"),
    [
        ("gzip", True),
        ("br;q=1.0, GZIP;q=0.8", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("*", False),
        ("", False),
    ],
)
def test_what_is_not_taken_packed_is_not_packed(brand: Brand, offered: str, packed: bool) -> None:
    answer = handler(
        http_event("GET", PATH, headers={"x-brand": brand.slug, "accept-encoding": offered}), None
    )
    assert ("content-encoding" in answer["headers"]) is packed


def test_who_takes_it_packed_gets_it_packed(brand: Brand) -> None:
    sell(brand, product("bol"))
    event = http_event("GET", PATH, headers={"x-brand": brand.slug, "accept-encoding": "gzip, br"})
    answer = handler(event, None)
    assert answer["headers"]["content-encoding"] == "gzip"
    assert gzip.decompress(base64.b64decode(answer["body"])).decode() == get(brand).body
