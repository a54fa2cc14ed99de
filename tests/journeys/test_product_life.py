"""A product's life over HTTP: a draft, published, on sale for a while, renamed, archived."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Staff

pytestmark = pytest.mark.usefixtures("unlimited")

HOUR = timedelta(hours=1)


def euros(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


def manager(run: LocalRun) -> httpx.Client:
    """The demo's manager, signed in just now."""
    return httpx.Client(base_url=run.url, headers=Staff(run, "manager@demo.test").headers, timeout=60)


def good(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def shown(run: LocalRun, slug: str) -> tuple[Any, Any, Any]:
    """A variant's price in the shop, what it is compared with, and its prior price."""
    variant = good(run.http.get(f"/v1/store/products/{slug}"))["variants"][0]
    return variant["price"], variant["compare_at_price"], variant["prior_price"]


def test_a_product_is_drafted_published_on_sale_renamed_and_archived(run: LocalRun) -> None:
    staff = manager(run)
    category = good(staff.post("/v1/admin/categories", json={"title": "Théières & tasses"}), 201)
    wish = {"title": "Théière « Senne »", "category_ids": [category["id"]], "tags": ["fait-main"]}
    draft = good(staff.post("/v1/admin/products", json=wish), 201)
    here, slug = f"/v1/admin/products/{draft['id']}", draft["slug"]
    assert (slug, draft["status"]) == ("theiere-senne", "draft")
    assert run.http.get(f"/v1/store/products/{slug}").status_code == 404
    assert good(staff.post(f"{here}/publish"), 409)["code"] == "product_not_ready"

    first = good(staff.post(f"{here}/variants", json={"sku": "THE-SEN-1", "price": euros(4900)}), 201)
    published = good(staff.post(f"{here}/publish", headers={"If-Match": f'"{first["version"]}"'}))
    assert shown(run, slug) == (euros(4900), None, None)
    menu = good(run.http.get("/v1/store/products?category=theieres-tasses"))
    assert [product["slug"] for product in menu["data"]] == [slug]
    stale = {"If-Match": f'"{first["version"]}"'}
    assert staff.patch(here, json={"title": "X"}, headers=stale).status_code == 412

    now = datetime.fromisoformat(run.local("/clock", method="GET")["now"])
    sale = {
        "price": euros(3900),
        "starts_at": (now + HOUR).isoformat(),
        "ends_at": (now + 2 * HOUR).isoformat(),
    }
    prices = {"prices": [{"price": euros(4900)}, sale]}
    good(staff.patch(f"{here}/variants/{first['id']}", json=prices))
    assert shown(run, slug) == (euros(4900), None, None)
    run.local("/clock", {"advance_seconds": 3600})
    assert shown(run, slug) == (euros(3900), euros(4900), euros(4900))
    run.local("/clock", {"advance_seconds": 3600})
    assert shown(run, slug) == (euros(4900), None, None)

    staff = manager(run)
    good(staff.patch(here, json={"slug": "theiere-de-la-senne"}))
    moved = run.http.get(f"/v1/store/products/{slug}")
    assert (moved.status_code, moved.headers["location"]) == (301, "/v1/store/products/theiere-de-la-senne")
    assert shown(run, "theiere-de-la-senne")[0] == euros(4900)
    way = good(run.http.get("/v1/store/redirects", params={"path": f"/products/{slug}"}))
    assert (way["to_path"], way["status"]) == ("/products/theiere-de-la-senne", 301)

    copy = good(staff.post(f"{here}/duplicate"), 201)
    assert (copy["status"], copy["variants"][0]["sku"]) == ("draft", "THE-SEN-1-2")
    assert staff.delete(f"/v1/admin/products/{copy['id']}").status_code == 204
    assert good(staff.post(f"{here}/archive"))["status"] == "archived"
    assert run.http.get("/v1/store/products/theiere-de-la-senne").status_code == 404
    assert good(staff.get(here))["published_at"] == published["published_at"]
    run.settle()
