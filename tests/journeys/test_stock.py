"""A delivery that somebody waited for: mailed, sold, returned, carried to another place, and gone again."""

import uuid
from typing import Any

import httpx
import pytest

from local.demo import ids
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff, levels

pytestmark = pytest.mark.usefixtures("unlimited")

POSTER, STOCK = ids.SOLD_OUT_VARIANT, "/v1/admin/inventory"


def post(staff: Staff, path: str, **body: Any) -> httpx.Response:
    headers = staff.headers | {"Idempotency-Key": str(uuid.uuid4())}
    answer = staff.run.http.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text + staff.run.logs()
    return answer


def move(staff: Staff, kind: str, quantity: int, **more: Any) -> dict[str, Any]:
    path = f"{STOCK}/{POSTER}/movements"
    return dict(post(staff, path, type=kind, quantity=quantity, reason="journey", **more).json())


def open_alerts(staff: Staff) -> list[str]:
    found = staff.get(f"{STOCK}/alerts", variant_id=str(POSTER)).json()["data"]
    return [alert["level"] for alert in found]


def wait_for(run: LocalRun, email: str) -> httpx.Response:
    path = f"/v1/store/products/{ids.SOLD_OUT_SLUG}/notify-me"
    return run.http.post(path, json={"email": email, "variant_id": str(POSTER), "locale": "fr"})


def test_a_delivery_from_the_waiting_list_to_the_last_piece(run: LocalRun) -> None:
    manager, email = Staff(run, "manager@demo.test"), f"{uuid.uuid4().hex[:12]}@example.com"
    assert [wait_for(run, email).status_code for _ in range(2)] == [202, 202]

    move(manager, "in", 3)
    run.settle()
    assert levels(manager.stock(POSTER)) == (3, 0, 3)
    [mail] = run.mails(email, "back_in_stock")
    assert "Affiche « Tram 92 » est de retour" in mail["subject"]
    assert f"/products/{ids.SOLD_OUT_SLUG}" in mail["text"]
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert wait_for(run, email).json()["code"] == "still_in_stock"

    buyer = Shopper(run).paid(POSTER, 3)
    run.settle()
    assert levels(manager.stock(POSTER)) == (0, 0, 0)
    assert run.run_job("check_stock_levels")["failed"] == 0
    assert open_alerts(manager) == ["out"]
    assert run.http.get(f"/v1/store/products/{ids.SOLD_OUT_SLUG}").json()["variants"][1]["available"] is False

    assert wait_for(run, email).status_code == 202
    [link] = [link for link in mail["links"] if "unsubscribe" in link]
    here = link.replace(link.partition("/v1/")[0], run.url)
    assert "<form" in run.http.get(here).text
    assert run.http.post(here).json() == {"unsubscribed": True}

    assert move(manager, "return", 2)["available"] == 2
    run.settle()
    assert open_alerts(manager) == []
    assert len(run.mails(email, "back_in_stock")) == 1

    lyon = post(
        manager, f"{STOCK}/locations", code=f"lyon-{uuid.uuid4().hex[:8]}", name="Lyon", priority=9
    ).json()
    main = manager.stock(POSTER)["locations"][0]["location_id"]
    ends = {"from_location_id": main, "to_location_id": lyon["id"]}
    moved = post(
        manager, f"{STOCK}/transfers", variant_id=str(POSTER), quantity=1, reason="journey", **ends
    ).json()
    assert [place["on_hand"] for place in moved["locations"]] == [1, 1]
    found = manager.get(STOCK, q="AFF-T92-5070").json()["data"]
    assert [(row["on_hand"], row["level"]) for row in found] == [(2, "ok")]

    for location in (main, lyon["id"]):
        move(manager, "out", 1, location_id=location)
    assert open_alerts(manager) == ["out"]
    assert manager.order(buyer.order["id"])["status"] == "paid"
    types = [movement["type"] for movement in manager.stock(POSTER)["movements"]]
    assert types == ["out", "out", "transfer", "transfer", "return", "sale", "in"]
    admin = Staff(run, "admin@demo.test")
    counted = run.http.post(f"{STOCK}/reconcile", json={}, headers=admin.headers).json()
    assert (counted["wrong"], counted["mended"]) == (0, 0)
