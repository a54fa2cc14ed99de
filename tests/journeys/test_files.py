"""Files over HTTP, as a browser sends and opens them: an image becomes what the shop shows, products come from a CSV and go into one."""

import csv
import io
import time
from typing import Any

import httpx

from tests.journeys.local_run import LocalRun
from tests.pictures import opened, picture

_PATIENCE = 60.0
_PRODUCTS = 600


def manager(run: LocalRun) -> dict[str, str]:
    answer = run.http.post(
        "/v1/admin/auth/login", json={"email": "manager@demo.test", "password": "demo-Passw0rd!"}
    )
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def send(form: dict[str, Any], content: bytes, content_type: str) -> httpx.Response:
    """As a browser posts a form to wherever it says."""
    fields = (
        form["fields"]
        if "Content-Type" in form["fields"]
        else form["fields"] | {"Content-Type": content_type}
    )
    return httpx.post(form["url"], data=fields, files={"file": ("a file", content, content_type)}, timeout=60)


def until(done: Any) -> Any:
    deadline = time.monotonic() + _PATIENCE
    while not (found := done()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def job_at_its_end(run: LocalRun, caller: dict[str, str], job_id: str) -> Any:
    def ended() -> Any:
        job = run.http.get(f"/v1/admin/jobs/{job_id}", headers=caller).json()
        return job if job["status"] in ("done", "failed") else None

    return until(ended)


def test_an_image_is_sent_made_into_renditions_and_shown(run: LocalRun) -> None:
    caller = manager(run)
    shown = run.http.get("/v1/store/products?limit=1").json()["data"][0]
    path = f"/v1/admin/products/{shown['id']}/images"
    asked = {"content_type": "image/jpeg", "alt": "Deux couleurs", "position": 0}
    image = run.http.post(path, json=asked, headers=caller).json()
    assert image["upload"]["url"].startswith(run.url)
    # S3 takes nothing but what the form says.
    assert send(image["upload"], b"\x00" * (10 * 1024 * 1024 + 1), "image/jpeg").status_code == 400
    forged = {**image["upload"], "fields": image["upload"]["fields"] | {"key": "uploads/images/elsewhere"}}
    assert send(forged, b"x", "image/jpeg").status_code == 403
    sent = send(image["upload"], picture("JPEG", (1600, 900)), "image/jpeg")
    assert sent.status_code == 201, sent.text
    assert sent.headers["access-control-allow-origin"] == "*"

    def ready() -> Any:
        first = run.http.get(f"/v1/store/products/{shown['slug']}").json()["images"][0]
        return first if first["alt"] == "Deux couleurs" else None

    first = until(ready)
    assert [each["width"] for each in first["renditions"]] == [200, 600, 1200]
    for each in first["renditions"]:
        file = run.http.get(each["url"])
        assert (file.status_code, file.headers["content-type"]) == (200, "image/webp")
        assert opened(file.content).width == each["width"]
    # What was sent is nobody's to see.
    assert run.http.get(f"{image['upload']['url']}/{image['upload']['fields']['key']}").status_code == 403
    assert run.http.delete(f"{path}/{image['id']}", headers=caller).status_code == 204
    again = run.http.get(f"/v1/store/products/{shown['slug']}").json()["images"]
    assert "Deux couleurs" not in [each["alt"] for each in again]


def test_products_are_imported_reported_on_and_exported(run: LocalRun) -> None:
    caller = manager(run)
    lines = [f"journey-{n};Journey {n};JOURNEY-{n};{'x' if n == 7 else '12,50'}" for n in range(_PRODUCTS)]
    sheet = "\r\n".join(["Handle;Title;Variant SKU;Variant Price", *lines]).encode("utf-8-sig")

    def ordered(mode: str) -> Any:
        order = run.http.post("/v1/admin/products/import", json={"mode": mode}, headers=caller)
        assert order.status_code == 202, order.text
        assert send(order.json()["upload"], sheet, "text/csv").status_code == 201
        return job_at_its_end(run, caller, order.json()["id"])

    refused = ordered("all_or_nothing")
    assert (refused["status"], refused["problem"]) == ("failed", "rows_refused")
    done = ordered("skip_errors")
    assert (done["status"], done["progress"]) == ("done", {"done": _PRODUCTS, "total": _PRODUCTS})
    assert done["counts"] == {"products_failed": 1, "products_created": _PRODUCTS - 1}
    assert [(line["row"], line["column"], line["code"]) for line in done["report"]] == [
        (9, "Variant Price", "amount_invalid")
    ]
    assert ordered("skip_errors")["counts"] == {"products_failed": 1, "products_unchanged": _PRODUCTS - 1}
    exported = run.http.get("/v1/admin/products/export", headers=caller)
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    written = {each["Handle"]: each for each in csv.DictReader(io.StringIO(exported.text, newline=""))}
    assert written["journey-3"]["Variant Price"] == "12.50"
    assert len(written) >= _PRODUCTS - 1
