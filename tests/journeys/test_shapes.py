"""The names of the fields that clients rely on, as they are answered on the way through a purchase."""

from typing import Any

import pytest

from local.demo import ids
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff

pytestmark = pytest.mark.usefixtures("unlimited")

MONEY = {"amount", "currency"}
TOTALS = {"subtotal", "discount", "shipping", "tax", "total", "points"}


def has(found: dict[str, Any], names: str) -> None:
    """Further fields are welcome."""
    assert set(found) >= set(names.split()), set(names.split()) - set(found)


def is_money(found: Any) -> None:
    assert set(found) == MONEY
    assert isinstance(found["amount"], int)
    assert len(found["currency"]) == 3


def are_totals(totals: dict[str, Any]) -> None:
    assert set(totals) >= TOTALS
    for name in TOTALS - {"points"}:
        is_money(totals[name])
    assert isinstance(totals["points"], int)


def is_product(product: dict[str, Any]) -> None:
    has(
        product,
        "id slug title short_description status kind fulfillment_method min_level producer categories tags images"
        " price_from available variants",
    )
    has(product["categories"][0], "slug title")
    has(product["images"][0], "url alt")
    is_money(product["price_from"])
    assert product["available"] in (True, False)
    variant = product["variants"][0]
    has(variant, "id sku title options price compare_at_price price_points available_quantity")
    is_money(variant["price"])


def test_products(run: LocalRun) -> None:
    listed = run.http.get("/v1/store/products").json()
    has(listed, "data pagination filters")
    assert set(listed["pagination"]) == {"page", "limit", "total", "pages"}
    for product in listed["data"]:
        is_product(product)
    detail = run.http.get("/v1/store/products/plaid-en-laine-fagnes").json()
    is_product(detail)
    has(detail, "description seo related reviews json_ld")
    is_money(detail["variants"][0]["compare_at_price"])
    is_money(detail["variants"][0]["prior_price"])
    picture = run.http.get(detail["images"][0]["url"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")


def is_cart(cart: dict[str, Any]) -> None:
    has(
        cart,
        "id status currency email items totals can_checkout problems reservation_expires_at",
    )
    are_totals(cart["totals"])
    for item in cart["items"]:
        has(
            item,
            "id variant_id sku title quantity unit_price current_price available_quantity line_total",
        )
        for price in ("unit_price", "current_price", "line_total"):
            is_money(item[price])
    for problem in cart["problems"]:
        has(problem, "code message")


def test_carts(run: LocalRun) -> None:
    buyer = Shopper(run).start(currency="EUR", email="lea@example.com")
    is_cart(buyer.cart)
    assert buyer.cart["token"]
    assert (buyer.cart["email"], buyer.cart["reservation_expires_at"]) == ("lea@example.com", None)
    assert [problem["code"] for problem in buyer.cart["problems"]] == ["cart_empty"]
    added = buyer.add(quantity=2)
    assert added.status_code == 201
    changed = buyer.change(3)
    assert changed.status_code == 200
    looked = buyer.look()
    assert looked.status_code == 200
    for answer in (added, changed, looked):
        is_cart(answer.json())
        assert "token" not in answer.json()
        assert answer.json()["reservation_expires_at"].endswith("Z")
    removed = buyer.remove()
    assert (removed.status_code, removed.json()["items"]) == (200, [])


def test_checkout_orders_and_stock(run: LocalRun) -> None:
    for country in ("FR", "BE", "LU", "CH"):
        options = run.http.get("/v1/store/shipping-options", params={"country": country}).json()
        assert options["data"]
        for option in options["data"]:
            has(option, "id name price estimated_days")
            is_money(option["price"])
            assert isinstance(option["estimated_days"], int)
    buyer = Shopper(run).filled()
    preview = buyer.preview()
    has(preview.json(), "totals tax_lines problems")
    are_totals(preview.json()["totals"])
    placed = buyer.check_out()
    assert placed.status_code == 201
    has(placed.json(), "order payment")
    has(placed.json()["payment"], "gateway intent_id client_secret")
    assert placed.json()["payment"]["gateway"] == "stripe"
    is_order(placed.json()["order"])
    buyer.pay()
    run.settle()
    staff = Staff(run)
    order = staff.order(buyer.order["id"])
    is_order(order)
    [payment] = order["payments"]
    has(payment, "id gateway status amount refunded")
    is_money(payment["amount"])
    is_money(payment["refunded"])
    for move in order["history"]:
        has(move, "from to at by")
    stock = staff.stock(ids.COFFEE_VARIANT)
    has(stock, "variant_id on_hand reserved available movements reservations")
    listed = staff.get("/v1/admin/orders", limit=1).json()
    assert set(listed["pagination"]) == {"page", "limit", "total", "pages"}


def is_order(order: dict[str, Any]) -> None:
    has(
        order,
        "id number status email items totals shipping_address payments shipments history created_at version",
    )
    are_totals(order["totals"])
    for item in order["items"]:
        has(item, "id sku title quantity unit_price tax line_total")
        for price in ("unit_price", "tax", "line_total"):
            is_money(item[price])
    has(
        order["shipping_address"],
        "first_name last_name company vat_number line1 line2 postcode city country phone",
    )
    assert order["created_at"].endswith("Z")


def test_signing_in(run: LocalRun) -> None:
    session = Staff(run).session
    has(session, "access_token refresh_token token_type expires_in user")
    assert session["token_type"] == "Bearer"
    has(session["user"], "id email roles")
    refreshed = run.http.post("/v1/auth/refresh", json={"refresh_token": session["refresh_token"]})
    assert refreshed.status_code == 200
    has(refreshed.json(), "access_token refresh_token token_type expires_in user")
    device = {"email": "admin@demo.test", "password": "demo-Passw0rd!", "device_name": "Caisse 1"}
    assert run.http.post("/v1/admin/auth/login", json=device).status_code == 200
    issuer = run.http.get("/.well-known/openid-configuration").json()
    keys = run.http.get(issuer["jwks_uri"]).json()["keys"]
    assert {"kty", "kid", "n", "e"} <= set(keys[0])


def test_the_local_surface(run: LocalRun) -> None:
    buyer = Shopper(run).paid()
    run.settle()
    [mail] = buyer.mails()
    has(mail, "to from subject html text links headers template sent_at")
    assert run.mails(buyer.email, "order_confirmation") == [mail]
    assert run.mails(buyer.email, "another") == []
    queues = run.local("/queues", method="GET")
    assert set(queues) == {"outbox", "queues"}
    assert set(queues["outbox"]) == {"pending", "dead"}
    ran = run.run_job("relay_outbox")
    assert set(ran) == {"job", "processed", "failed", "finished"}
    assert {"now", "offset_seconds"} <= set(run.local("/clock", method="GET"))
    for answer in (run.http.get("/_local/nothing"), run.http.post("/_local/clock", json={})):
        assert answer.headers["content-type"] == "application/problem+json"
        has(answer.json(), "type title status detail code")
