"""What every client may rely on: problems, validators, CORS, limits, and a document that says so."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis

from tests.journeys.books import value
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff

PROBLEM = {"type", "title", "status", "detail", "code", "request_id"}
ALLOWED, FOREIGN = "http://localhost:5173", "https://evil.example"


def assert_problem(answer: httpx.Response, status: int, code: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) >= PROBLEM
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert code is None or problem["code"] == code


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/nothing", "/v1/store/cart/x/y/z", "/v1/admin/nothing", "/v2/é"]
)
def test_an_unknown_route_is_a_problem(unlimited: LocalRun, method: str, path: str) -> None:
    assert_problem(unlimited.http.request(method, path), 404)


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/v1/store/products"), ("DELETE", "/v1/store/checkout")]
)
def test_a_method_that_a_route_does_not_have_is_a_problem(
    unlimited: LocalRun, method: str, path: str
) -> None:
    assert_problem(unlimited.http.request(method, path), 404, "route_not_found")


def test_every_kind_of_refusal_is_a_problem(unlimited: LocalRun) -> None:
    http, buyer = unlimited.http, Shopper(unlimited).filled()
    cart = f"/v1/store/cart/{buyer.cart['id']}"
    assert_problem(http.post("/v1/store/cart", content="{"), 400, "malformed_json")
    assert_problem(http.get("/v1/admin/orders"), 401, "unauthenticated")
    assert_problem(http.get(cart), 401, "cart_token_missing")
    assert_problem(http.get(cart, headers={"X-Cart-Token": "x"}), 404, "cart_not_found")
    assert_problem(http.get("/v1/store/products/nothing-here"), 404, "product_not_found")
    assert_problem(http.get("/v1/store/products", params={"limit": 101}), 422, "validation_failed")
    assert_problem(buyer.add(quantity=998), 409, "out_of_stock")
    assert_problem(http.post("/v1/store/cart", content=b"x" * (2 * 1024 * 1024)), 413, "body_too_large")
    invalid = http.post("/v1/store/checkout/preview", json={"cart": 1}, headers=buyer.headers())
    assert_problem(invalid, 422, "validation_failed")
    named = {error["field"] for error in invalid.json()["errors"]}
    assert named >= {"cart", "cart_id", "email", "shipping_address", "gateway"}
    assert all(set(error) == {"field", "code", "message"} for error in invalid.json()["errors"])


@pytest.mark.parametrize("path", ["/v1/store/products", "/v1/store/products/cafe-sablon", "/v1/openapi.json"])
def test_public_answers_are_revalidated(unlimited: LocalRun, path: str) -> None:
    http = unlimited.http
    first = http.get(path)
    assert first.status_code == 200
    assert first.headers["cache-control"].startswith("public, max-age=")
    for offered in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = http.get(path, headers={"If-None-Match": offered})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    assert http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_what_is_shown_changes_its_validator_when_it_is_bought(unlimited: LocalRun) -> None:
    path = "/v1/store/products/cafe-sablon"
    before = unlimited.http.get(path).headers["etag"]
    Shopper(unlimited).filled()
    assert unlimited.http.get(path, headers={"If-None-Match": before}).status_code == 200


def test_personal_answers_are_never_stored(unlimited: LocalRun) -> None:
    staff = Staff(unlimited)
    for answer in (Shopper(unlimited).filled().look(), staff.get("/v1/admin/orders")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "max-age" in answer.headers["strict-transport-security"]


def test_a_page_of_an_allowed_origin_may_ask_others_may_not(unlimited: LocalRun) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-cart-token"}

    def preflight(origin: str) -> httpx.Response:
        return unlimited.http.options("/v1/store/checkout", headers={"Origin": origin, **asks})

    allowed, foreign = preflight(ALLOWED), preflight(FOREIGN)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == ALLOWED
    assert "POST" in allowed.headers["access-control-allow-methods"]
    for header in ("X-Cart-Token", "Idempotency-Key", "Authorization", "Content-Type", "X-Brand"):
        assert header in allowed.headers["access-control-allow-headers"]
    assert "access-control-allow-origin" not in foreign.headers
    products = "/v1/store/products"
    read = unlimited.http.get(products, headers={"Origin": ALLOWED})
    assert read.headers["access-control-allow-origin"] == ALLOWED
    assert "Origin" in read.headers["vary"]
    assert (
        "access-control-allow-origin" not in unlimited.http.get(products, headers={"Origin": FOREIGN}).headers
    )


def test_who_asks_too_often_is_told_when_to_come_back(run: LocalRun) -> None:
    with ThreadPoolExecutor(8) as several:
        answers = list(several.map(lambda _: run.http.post("/v1/store/cart", json={}), range(60)))
    taken = [answer for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert len(taken) >= 20
    assert refused
    for answer in refused:
        assert_problem(answer, 429, "too_many_requests")
        assert 1 <= int(answer.headers["retry-after"]) <= 10
    for name in ("limit", "remaining", "reset"):
        values = [answer.headers[f"ratelimit-{name}"] for answer in taken]
        assert values == [answer.headers[f"x-ratelimit-{name}"] for answer in taken]
        assert all(value.isdigit() for value in values)
    run.local("/clock", {"advance_seconds": int(refused[-1].headers["retry-after"])})
    assert run.http.post("/v1/store/cart", json={}).status_code == 201


def test_guessing_a_password_is_stopped_exactly_at_the_sixth_try(run: LocalRun) -> None:
    # On a whole minute, so that the count cannot begin anew in between.
    now = run.local("/clock", method="GET")["now"]
    run.local("/clock", {"now": f"{now[:17]}00Z"})
    run.local("/clock", {"advance_seconds": 60})
    login = {"email": f"{uuid.uuid4().hex}@demo.test", "password": "not the password"}
    answers = [run.http.post("/v1/admin/auth/login", json=login) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_lists_are_paged(unlimited: LocalRun) -> None:
    everything = unlimited.http.get("/v1/store/products", params={"limit": 100}).json()
    assert everything["pagination"] == {"page": 1, "limit": 100, "total": 12, "pages": 1}
    pages = [
        unlimited.http.get("/v1/store/products", params={"limit": 5, "page": page}).json()
        for page in (1, 2, 3, 4)
    ]
    assert [len(page["data"]) for page in pages] == [5, 5, 2, 0]
    assert [each["id"] for page in pages for each in page["data"]] == [
        each["id"] for each in everything["data"]
    ]
    assert unlimited.http.get("/v1/store/products").json()["pagination"]["limit"] == 20


def test_the_served_document_is_openapi_3_1(unlimited: LocalRun) -> None:
    served = unlimited.http.get("/v1/openapi.json")
    document = served.json()
    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert "$defs" not in schema, name


def test_the_documentation_shows_every_endpoint(unlimited: LocalRun) -> None:
    document = unlimited.http.get("/v1/openapi.json").json()
    page = unlimited.http.get("/v1/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page.text


def test_one_correlation_id_goes_from_a_request_to_the_mail_it_causes(unlimited: LocalRun) -> None:
    run, offered = unlimited, f"test-{uuid.uuid4().hex}"
    buyer = Shopper(run).filled()
    run.http.headers["X-Correlation-Id"] = offered
    assert buyer.check_out().status_code == 201
    del run.http.headers["X-Correlation-Id"]
    told = "SELECT correlation_id FROM platform.outbox_events WHERE type = 'order.placed' AND key = %(order)s"
    assert value(run, told, order=buyer.order["id"]) == offered

    assert buyer.pay().json()["status"] == "succeeded"
    run.settle()
    [mail] = buyer.mails()
    [sent] = [
        line
        for line in log_lines(run, "background")
        if line.get("mail_id") == mail["headers"]["X-Entity-Ref-ID"]
    ]
    [webhook] = [
        line for line in log_lines(run, "http") if line.get("correlation_id") == sent["correlation_id"]
    ]
    assert webhook["route"] == "POST /v1/webhooks/stripe"


def log_lines(run: LocalRun, name: str) -> list[dict[str, Any]]:
    """What the functions logged."""
    text = (run.home / ".local" / "logs" / f"{name}.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
