"""From paid to delivered, end to end: two shipments, their labels, the carrier's webhooks, mails, and the last parcel's date."""

import io
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from local.demo import ids
from tests.journeys.books import assert_stock_reconciles
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff

pytestmark = pytest.mark.usefixtures("unlimited")

NOTEBOOK = ids.variant(9, 1)


class Packer(Staff):
    """Who packs and sends."""

    def __init__(self, run: LocalRun) -> None:
        super().__init__(run, "manager@demo.test")

    def send(self, method: str, order: str, path: str = "", **body: Any) -> httpx.Response:
        """Do something with an order's shipments."""
        answer = self.run.http.request(
            method, f"/v1/admin/orders/{order}/shipments{path}", json=body or None, headers=self.headers
        )
        assert answer.is_success, answer.text + self.run.logs()
        return answer

    def label(self, order: str, shipment: str) -> str:
        """What stands on a label."""
        answer = self.send("GET", order, f"/{shipment}/label.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        [page] = PdfReader(io.BytesIO(answer.content)).pages
        return str(page.extract_text())


def moved(run: LocalRun, number: str, status: str) -> int:
    """The carrier moves a parcel, and tells; the webhook's answer."""
    answer = run.http.post("/_local/sendcloud/move", json={"tracking_number": number, "status": status})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["webhook_status"])


def test_an_order_leaves_in_two_parcels_and_arrives(run: LocalRun) -> None:
    packer = Packer(run)
    buyer = Shopper(run, language="en").paid(NOTEBOOK, 3)
    run.settle()
    order = packer.order(buyer.order["id"])
    item = order["items"][0]["id"]
    by_carrier = packer.send(
        "POST", order["id"], lines=[{"item_id": item, "quantity": 2}], carrier="sendcloud"
    ).json()["shipment"]
    by_hand = packer.send("POST", order["id"], carrier="Colissimo", tracking_number="6A00000000001").json()
    assert by_hand["order"]["status"] == "preparing"
    run.settle()
    [first, second] = packer.order(order["id"])["shipments"]
    assert (first["id"], second["id"]) == (by_carrier["id"], by_hand["shipment"]["id"])
    assert first["tracking_number"] in packer.label(order["id"], first["id"])
    assert "6A00000000001" in packer.label(order["id"], second["id"])

    assert moved(run, first["tracking_number"], "PARCEL_EN_ROUTE") == 200
    run.settle()
    assert packer.order(order["id"])["status"] == "preparing"
    packer.send("PATCH", order["id"], f"/{second['id']}", status="shipped")
    assert packer.order(order["id"])["status"] == "fulfilled"
    for status in ("DRIVER_EN_ROUTE", "DELIVERY_ATTEMPT_FAILED", "DELIVERED"):
        assert moved(run, first["tracking_number"], status) == 200
    run.settle()
    seen = packer.order(order["id"])
    assert ([each["status"] for each in seen["shipments"]], seen["status"]) == (
        ["delivered", "shipped"],
        "fulfilled",
    )
    packer.send("PATCH", order["id"], f"/{second['id']}", status="delivered")
    run.settle()
    seen = packer.order(order["id"])
    assert seen["status"] == "completed"
    assert seen["delivered_at"] == seen["shipments"][1]["delivered_at"]
    told = [(mail["template"], mail["subject"]) for mail in buyer.mails()]
    assert sorted(template for template, _ in told) == [
        "order_confirmation",
        "order_delivered",
        "order_shipped",
        "order_shipped",
    ]
    links = [link for mail in buyer.mails() for link in mail["links"]]
    assert "https://www.laposte.fr/outils/suivre-vos-envois?code=6A00000000001" in links
    assert any(link.startswith("https://tracking.sendcloud.sc/") for link in links)
    assert_stock_reconciles(run)


@pytest.fixture
def dropshipped(run: LocalRun) -> Iterator[str]:
    """A variant that the demo's partner sends, in stock; afterwards the shop is as it was for others."""
    packer = Packer(run)

    def good(method: str, path: str, **body: Any) -> dict[str, Any]:
        headers = packer.headers | {"Idempotency-Key": str(uuid.uuid4())}
        answer = run.http.request(method, f"/v1/admin{path}", json=body or None, headers=headers)
        assert answer.is_success, answer.text
        return dict(answer.json())

    name = uuid.uuid4().hex[:8]
    sold = {"sku": name.upper(), "price": {"amount": 1200, "currency": "EUR"}, "weight_g": 500}
    made = good(
        "POST",
        "/products",
        title=f"Huile {name}",
        fulfillment_method="dropship",
        partner_id=str(ids.PARTNER),
        variants=[sold],
    )
    good("POST", f"/products/{made['id']}/publish")
    variant = str(made["variants"][0]["id"])
    good("POST", f"/inventory/{variant}/movements", type="in", quantity=5, reason="delivery")
    yield variant
    good("POST", f"/products/{made['id']}/archive")


def test_a_mixed_order_is_split_between_the_hub_and_the_partner(run: LocalRun, dropshipped: str) -> None:
    packer = Packer(run)
    buyer = Shopper(run).filled(NOTEBOOK, 1)
    assert buyer.add(dropshipped, 2).status_code == 201
    assert buyer.check_out().status_code == 201
    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    order = packer.order(buyer.order["id"])
    assert [(left["method"], left["quantity"]) for left in order["to_ship"]] == [
        ("micro_hub", 1),
        ("dropship", 2),
    ]
    made = packer.send("POST", order["id"], carrier="sendcloud").json()
    assert [(each["method"], each["partner_id"], each["carrier"]) for each in made["shipments"]] == [
        ("micro_hub", None, "sendcloud"),
        ("dropship", str(ids.PARTNER), None),
    ]
    run.settle()
    hub, partner = packer.order(order["id"])["shipments"]
    assert f"{order['number']}-2" in packer.label(order["id"], partner["id"])
    moved(run, hub["tracking_number"], "DELIVERED")
    packer.send("PATCH", order["id"], f"/{partner['id']}", status="delivered", tracking_number="P-1")
    run.settle()
    assert packer.order(order["id"])["status"] == "completed"
    assert_stock_reconciles(run)


def test_forged_webhooks_and_twin_clicks_change_nothing(run: LocalRun) -> None:
    packer = Packer(run)
    buyer = Shopper(run).paid(NOTEBOOK, 1)
    run.settle()
    order, key = buyer.order["id"], {"Idempotency-Key": str(uuid.uuid4())}
    path = f"/v1/admin/orders/{order}/shipments"
    first, again = (
        run.http.post(path, json={"carrier": "sendcloud"}, headers=packer.headers | key) for _ in range(2)
    )
    assert (first.status_code, again.json()) == (201, first.json())
    assert run.http.post(path, json={}, headers=packer.headers).json()["code"] == "nothing_left_to_ship"
    run.settle()
    [only] = packer.order(order)["shipments"]
    forged = run.http.post(
        "/v1/webhooks/carriers/sendcloud?brand=demo",
        json={"parcel": {"tracking_number": only["tracking_number"], "status": {"id": 11}}},
        headers={"Sendcloud-Signature": "0" * 64},
    )
    assert (forged.status_code, forged.json()["code"]) == (400, "carrier_signature_invalid")
    assert run.http.post("/v1/webhooks/carriers/pigeons", json={}).status_code == 404
    run.settle()
    assert packer.order(order)["status"] == "preparing"
    cancelled = packer.send("PATCH", order, f"/{only['id']}", status="cancelled").json()
    assert cancelled["status"] == "cancelled"
    run.settle()
    gone = run.http.post(
        "/_local/sendcloud/move", json={"tracking_number": only["tracking_number"], "status": "DELIVERED"}
    )
    assert (gone.status_code, gone.json()["errors"][0]["detail"]) == (409, "this parcel was called off")
