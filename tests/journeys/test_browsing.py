"""A visitor looks around, over HTTP: searches, narrows down, reads and writes reviews; search engines read along."""

import time
from xml.etree import ElementTree

import pytest

from local.demo.brands import CUSTOMER, PASSWORD
from tests.journeys import books
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Staff

pytestmark = pytest.mark.usefixtures("unlimited")

VIEWS = """
    SELECT coalesce(max(s.views), 0) FROM catalog.product_stats s JOIN catalog.products p ON p.id = s.product_id
     WHERE p.slug = %(slug)s
"""


def slugs(run: LocalRun, **query: object) -> list[str]:
    answer = run.http.get("/v1/store/products", params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return [product["slug"] for product in answer.json()["data"]]


def test_words_filters_and_sorts_lead_to_products(run: LocalRun) -> None:
    assert "cafe-sablon" in slugs(run, q="café")
    assert slugs(run, q="MIEL ardennes")[0] == "miel-des-ardennes"
    mistyped = run.http.get("/v1/store/products", params={"q": "chocolta noir"}).json()
    assert mistyped["corrected_query"] == "chocolat noir"
    assert mistyped["data"][0]["slug"] == "chocolat-noir-grand-place"
    filters = run.http.get("/v1/store/products").json()["filters"]
    for facet in filters["categories"]:
        narrowed = run.http.get("/v1/store/products", params={"category": facet["slug"]}).json()
        assert narrowed["pagination"]["total"] == facet["count"]
    prices = [
        product["price_from"]["amount"]
        for product in run.http.get("/v1/store/products", params={"sort": "price"}).json()["data"]
    ]
    assert prices == sorted(prices)
    assert len(slugs(run, in_stock=True)) == filters["in_stock"]


def test_a_review_is_written_read_by_staff_and_shown(run: LocalRun) -> None:
    signed_in = run.http.post("/v1/auth/login", json={"email": CUSTOMER[0], "password": PASSWORD}).json()
    bearer = {"Authorization": f"Bearer {signed_in['access_token']}"}
    path = "/v1/store/products/encre-bleue-meuse"
    body = {"rating": 4, "title": "Belle encre", "body": "Sèche vite."}
    said = run.http.post(f"{path}/reviews", json=body, headers=bearer)
    assert said.status_code == 201, said.text
    assert run.http.post(f"{path}/reviews", json=body, headers=bearer).status_code == 409
    staff = Staff(run, "support@demo.test")
    waiting = staff.get("/v1/admin/reviews", status="pending").json()["data"]
    assert said.json()["id"] in [review["id"] for review in waiting]
    assert run.http.get(path).json()["rating"] is None
    decided = run.http.patch(
        f"/v1/admin/reviews/{said.json()['id']}", json={"status": "published"}, headers=staff.headers
    )
    assert decided.status_code == 200, decided.text
    shown = run.http.get(path).json()
    assert shown["rating"] == {"average": 4.0, "count": 1}
    assert shown["json_ld"]["aggregateRating"]["reviewCount"] == 1


def test_what_is_looked_at_becomes_popular(run: LocalRun) -> None:
    book, before = "livre-villes-de-papier", slugs(run, sort="popularity")
    views = books.value(run, VIEWS, slug=book)
    # Of those who look within a second, and be it at something else, one is counted.
    for _ in range(20):
        assert run.http.get(f"/v1/store/products/{book}").status_code == 200
        run.settle()
        if books.value(run, VIEWS, slug=book) > views:
            break
        time.sleep(0.3)
    else:
        pytest.fail("nobody counted who looked")
    run.run_job("refresh_lists")
    assert slugs(run, sort="popularity").index(book) <= before.index(book)


def test_the_sitemap_names_the_shop(run: LocalRun) -> None:
    answer = run.http.get("/v1/store/sitemap.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    names = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = [each.text or "" for each in ElementTree.fromstring(answer.text).iter(f"{names}loc")]
    assert any(url.endswith("/products/cafe-sablon") for url in found)
