"""Whatever is sent to whichever endpoint over HTTP: a problem that says so, never a 5xx."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from local.demo import ids
from local.demo.brands import CUSTOMER, PASSWORD
from local.files import CHECKOUT
from tests.journeys import books
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff

DOCUMENT = json.loads((CHECKOUT / "events" / "openapi.json").read_bytes())
PROBLEM = {"type", "title", "status", "detail", "code", "request_id"}
TWO_MEBIBYTES = 2 * 1024 * 1024
# A few of each kind: tests/bad_input.py has the many, which doors are sent without HTTP before them.
WRONG_VALUES: list[Any] = [None, 10**30, "\x00", [[]], {"$ne": 1}]
ODD_VALUES = ["", "-1", "%00", "%ff", "x" * 3000]
# What ends the caller's session: each time somebody else's.
ENDINGS = {("POST", "/v1/auth/logout"), ("DELETE", "/v1/me"), ("POST", "/v1/me/password")}


@dataclass(frozen=True)
class Operation:
    """One route of the document."""

    method: str
    path: str
    details: dict[str, Any]

    def parameters(self, where: str) -> list[str]:
        return [each["name"] for each in self.details.get("parameters", ()) if each["in"] == where]

    @property
    def body(self) -> dict[str, Any] | None:
        if "requestBody" not in self.details:
            return None
        reference = self.details["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        return dict(DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]])

    @property
    def sample(self) -> str:
        """A body that it takes."""
        file = f"{self.details['tags'][0]}/{self.details['operationId']}.json"
        return str(json.loads((CHECKOUT / "events" / file).read_bytes()).get("body") or "{}")


OPERATIONS = [
    Operation(method.upper(), path, details)
    for path, methods in DOCUMENT["paths"].items()
    for method, details in methods.items()
]
# One of each kind, for tests/functions/test_doors_refuse_*.py ask every operation, without HTTP before it;
# over HTTP every operation gets what the document makes up for it, below.
KINDS = {
    (each.details["tags"][0], each.method, each.details["x-who"], each.body is None): each
    for each in OPERATIONS
}.values()
every_kind = pytest.mark.parametrize("operation", KINDS, ids=[f"{each.method} {each.path}" for each in KINDS])


class Client:
    """Somebody who may do everything, so that what is refused is refused for what was sent."""

    def __init__(self, run: LocalRun) -> None:
        self.run = run
        self.buyer = Shopper(run).filled()
        books.change(run, "UPDATE identity.users SET is_platform = true WHERE email = 'admin@demo.test'")
        self.staff = Staff(run, "admin@demo.test")
        self.member = self._signed_in(CUSTOMER[0])
        self.names = {
            "cart_id": self.buyer.cart["id"],
            "item_id": self.buyer.cart["items"][0]["id"],
            "variant_id": str(ids.COFFEE_VARIANT),
            "slug": ids.COFFEE_SLUG,
        }

    def headers(self, method: str, path: str) -> dict[str, str]:
        """Who calls, under a key of their own."""
        if (method, path) in ENDINGS:
            shown = self._leaving()
        else:
            shown = self.staff.headers if path.startswith("/v1/admin/") else self.member
        return {**shown, **self.buyer.headers(), "Idempotency-Key": str(uuid4())}

    def _signed_in(self, email: str) -> dict[str, str]:
        answer = self.run.http.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def _leaving(self) -> dict[str, str]:
        new = {
            "email": f"{uuid4().hex[:12]}@example.com",
            "password": PASSWORD,
            "first_name": "Léa",
            "last_name": "Martin",
            "accepted_terms": True,
        }
        answer = self.run.http.post("/v1/auth/register", json=new)
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['session']['access_token']}"}

    def url(self, operation: Operation, **names: str) -> str:
        path = operation.path
        for name in operation.parameters("path"):
            path = path.replace(f"{{{name}}}", names.get(name) or self.names.get(name) or str(uuid4()))
        return path

    def send(
        self, operation: Operation, url: str = "", headers: dict[str, str] | None = None, **sent: Any
    ) -> httpx.Response:
        """One request, of which the answer is looked at: served, or refused by a problem."""
        everything = {**self.headers(operation.method, operation.path), **(headers or {})}
        raw = [(name.encode(), value.strip().encode()) for name, value in everything.items()]
        answer = self.run.http.request(operation.method, url or self.url(operation), headers=raw, **sent)
        assert answer.status_code < 500, (answer.request.url, sent, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json", answer.text
            assert set(answer.json()) >= PROBLEM
            assert answer.json()["status"] == answer.status_code
        return answer


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a run of its own: what is sent changes settings, accounts and stock, for nobody else."""
    own = LocalRun(tmp_path_factory.mktemp("bad_input"))
    try:
        with own.running():
            own.local("/limits", {"enabled": False})
            yield Client(own)
    finally:
        own.forget()


@every_kind
def test_bodies_that_are_no_json(client: Client, operation: Operation) -> None:
    for content in (b"", b"{", b"\xff\xfe", b"[" * 5000):
        answer = client.send(operation, content=content)
        if operation.body is not None:
            assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json"), content


@every_kind
def test_bodies_of_another_kind_than_json(client: Client, operation: Operation) -> None:
    # Whatever is no text travels as base64 behind the gateway.
    for kind in (
        "application/octet-stream",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ):
        client.send(operation, headers={"Content-Type": kind}, content=b"\x00\x01\xff")
    client.send(operation, headers={"Content-Encoding": "gzip"}, content=b"no gzip")


@every_kind
def test_fields_that_are_unknown_missing_or_of_the_wrong_type(client: Client, operation: Operation) -> None:
    schema = operation.body
    bodies: list[Any] = [{}, [], None, {"brand_id": str(ids.OTHER_BRAND)}]
    for body in bodies:
        answer = client.send(operation, content=json.dumps(body))
        if schema is not None and (body != {} or schema.get("required")):
            assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), body
            assert answer.json()["errors"]
    for name in (schema or {}).get("properties", {}):
        for value in WRONG_VALUES:
            client.send(operation, content=json.dumps({name: value}))


@every_kind
def test_two_mebibytes(client: Client, operation: Operation) -> None:
    text = json.dumps({"email": "x" * TWO_MEBIBYTES}).encode()
    for kind in ("application/json", "application/octet-stream"):
        answer = client.send(operation, headers={"Content-Type": kind}, content=text)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@every_kind
def test_broken_tokens(client: Client, operation: Operation) -> None:
    needed = [next(iter(each)) for each in operation.details.get("security", ())]
    good = client.staff.session["access_token"]
    head, payload, signature = good.split(".")
    for token in ("", good[:-9], f"eyJhbGciOiJub25lIn0.{payload}.", "é.é.é"):
        answer = client.send(operation, headers={"Authorization": f"Bearer {token}", "X-Cart-Token": token})
        if "bearer" in needed:
            assert answer.status_code == 401, token
        elif "cart_token" in needed:
            assert answer.status_code in (401, 404), token
    if needed == ["bearer"]:
        for authorization in (good, f"Basic {good}", f"Bearer {payload}.{head}.{signature}"):
            assert client.send(operation, headers={"Authorization": authorization}).status_code == 401


@every_kind
def test_keys_that_are_missing_or_odd(client: Client, operation: Operation) -> None:
    known = {each["name"]: each for each in operation.details.get("parameters", ())}
    if "Idempotency-Key" not in known:
        return
    required = known["Idempotency-Key"]["required"]
    body = operation.sample if required else "{}"
    for key in ("", "é", "k" * 256):
        answer = client.send(operation, headers={"Idempotency-Key": key}, content=body)
        if required:
            expected = "idempotency_key_invalid" if key else "idempotency_key_required"
            assert (answer.status_code, answer.json()["code"]) == (400, expected), key


@every_kind
def test_queries_that_are_repeated_or_odd(client: Client, operation: Operation) -> None:
    url, known = client.url(operation), operation.parameters("query")
    client.send(operation, f"{url}?utm_source=a&utm_source=b&&=&x[]=1")
    client.send(operation, f"{url}?{'&'.join(f'k{n}=1' for n in range(300))}")
    for name in known:
        listed = next(each for each in operation.details["parameters"] if each["name"] == name)
        answer = client.send(operation, f"{url}?{name}=1&{name}=1")
        if listed["schema"].get("type") != "array":
            assert answer.status_code == 422
        for value in ODD_VALUES:
            client.send(operation, f"{url}?{name}={value}")


@every_kind
def test_paths_that_name_nothing(client: Client, operation: Operation) -> None:
    for name in operation.parameters("path"):
        for value in ("x", "%00", "%ff", "%2e%2e%2f", "a" * 3000):
            answer = client.send(operation, client.url(operation, **{name: value}), json={})
            assert answer.status_code in (400, 401, 404, 422), value


@every_kind
def test_headers_that_are_odd(client: Client, operation: Operation) -> None:
    for name, value in (
        ("X-Brand", "é"),
        ("Host", "a" * 300),
        ("If-None-Match", '"' * 500),
        ("Accept-Language", "xx-;q=nan,,,*"),
        ("X-Correlation-Id", "a b\tc"),
        ("Stripe-Signature", "t=x,v1=" + "0" * 500),
        ("Cookie", "a=;;=b; \xe9"),
    ):
        client.send(operation, headers={name: value}, json={})


# Tokens are the client's: none is made up.
CONFIG = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)


@SCHEMA.parametrize()
@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_what_the_document_says_is_what_is_answered(case: schemathesis.Case[Any], client: Client) -> None:
    headers = client.headers(case.operation.method.upper(), case.operation.path)
    if "Idempotency-Key" in (case.headers or {}):
        headers.pop("Idempotency-Key")
    answer = case.call(base_url=client.run.url, headers=headers)
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]
    # Unknown keys of a query are ignored: trackers add theirs.
    if set(case.query or {}) <= {parameter.name for parameter in case.operation.query}:
        checks.append(negative_data_rejection)
    case.validate_response(answer, checks=checks)
