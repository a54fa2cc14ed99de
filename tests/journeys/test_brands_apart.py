"""Two brands on one server: what is another brand's is not there, and its people are nobody here."""

from uuid import uuid4

import pytest

from local.demo import ids
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff

pytestmark = pytest.mark.usefixtures("unlimited")

OTHER = {"X-Brand": "other"}


def other_staff(run: LocalRun) -> Staff:
    return Staff(run, "admin@other.test", "other")


def code(answer: object) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]  # type: ignore[attr-defined]


def test_each_brand_shows_its_own_products(run: LocalRun) -> None:
    ours = run.http.get("/v1/store/products", params={"limit": 100}).json()["data"]
    theirs = run.http.get("/v1/store/products", params={"limit": 100}, headers=OTHER).json()["data"]
    assert ids.OTHER_BRANDS_SLUG in [each["slug"] for each in theirs]
    assert not {each["id"] for each in ours} & {each["id"] for each in theirs}
    assert run.http.get(f"/v1/store/products/{ids.OTHER_BRANDS_SLUG}", headers=OTHER).status_code == 200
    assert code(run.http.get(f"/v1/store/products/{ids.OTHER_BRANDS_SLUG}")) == (404, "product_not_found")
    assert code(run.http.get(f"/v1/store/products/{ids.COFFEE_SLUG}", headers=OTHER)) == (
        404,
        "product_not_found",
    )


def test_a_cart_is_there_for_its_brand_alone(run: LocalRun) -> None:
    buyer = Shopper(run).filled()
    path, headers = f"/v1/store/cart/{buyer.cart['id']}", buyer.headers() | OTHER
    item = f"{path}/items/{buyer.cart['items'][0]['id']}"
    more = {"variant_id": str(ids.COFFEE_VARIANT), "quantity": 1}
    for answer in (
        run.http.get(path, headers=headers),
        run.http.post(f"{path}/items", json=more, headers=headers),
        run.http.patch(item, json={"quantity": 2}, headers=headers),
        run.http.delete(item, headers=headers),
        run.http.post("/v1/store/checkout/preview", json=buyer.wish(), headers=headers),
        run.http.post(
            "/v1/store/checkout", json=buyer.wish(), headers=headers | {"Idempotency-Key": str(uuid4())}
        ),
    ):
        assert code(answer) == (404, "cart_not_found"), answer.request.url
    assert buyer.look().json()["items"][0]["quantity"] == 1


def test_another_brands_variant_cannot_be_bought(run: LocalRun) -> None:
    assert code(Shopper(run).start().add(ids.OTHER_BRANDS_VARIANT)) == (404, "variant_not_found")


def test_orders_and_stock_are_there_for_their_brands_staff_alone(run: LocalRun) -> None:
    buyer = Shopper(run).ordered()
    order, stock = f"/v1/admin/orders/{buyer.order['id']}", f"/v1/admin/inventory/{ids.COFFEE_VARIANT}"
    ours, theirs = Staff(run), other_staff(run)
    assert ours.get(order).status_code == 200
    assert code(theirs.get(order)) == (404, "order_not_found")
    assert code(theirs.get(stock)) == (404, "stock_not_found")
    assert code(ours.get(f"/v1/admin/inventory/{ids.OTHER_BRANDS_VARIANT}")) == (404, "stock_not_found")
    assert theirs.orders_of(buyer.email) == []


def test_another_brands_token_is_nobodys(run: LocalRun) -> None:
    theirs = other_staff(run)
    for path in ("/v1/admin/orders", f"/v1/admin/orders/{uuid4()}", "/v1/admin/health"):
        answer = run.http.get(path, headers=theirs.headers | {"X-Brand": "demo"})
        assert code(answer) == (401, "token_invalid"), path
    login = {"email": "admin@other.test", "password": "demo-Passw0rd!"}
    assert run.http.post("/v1/admin/auth/login", json=login).status_code == 401


def test_customers_are_no_staff(run: LocalRun) -> None:
    login = {"email": "ada@demo.test", "password": "demo-Passw0rd!"}
    assert run.http.post("/v1/admin/auth/login", json=login).status_code == 401


@pytest.mark.parametrize("brand", ["nobody", "DEMO", "' OR 1=1 --", "x" * 500])
def test_an_unknown_brand_is_a_404(run: LocalRun, brand: str) -> None:
    answer = run.http.get("/v1/store/products", headers={"X-Brand": brand})
    assert code(answer) == (404, "brand_not_found")
