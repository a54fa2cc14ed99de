"""Whatever is sent to whichever endpoint: problem+json, never a 5xx."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.identity.callers import Member
from shared.platform.brands import Brand
from tests.doors import ROUTES, admitted, caller_of, handler_of, is_served, spec_of
from tests.gateway import Answer, Bus, http_event, read
from tests.json_values import nearly_valid, valid

pytestmark = pytest.mark.usefixtures("issuer", "bus", "providers")

every_function = pytest.mark.parametrize("name", sorted(ROUTES))
_TWO_MEBIBYTES = 2 * 1024 * 1024


PROVIDER_AWAY = {"verification_unavailable"}


@pytest.fixture
def providers(issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets of providers that nobody who sends rubbish can get us to call."""
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_of_the_tests")
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_of_the_tests")
    # Nobody listens there: what is odd and yet acceptable finds its provider away.
    monkeypatch.setenv("STRIPE_API_BASE", "http://127.0.0.1:1")


def body_schema(name: str) -> dict[str, Any] | None:
    body = spec_of(name).signature.body
    return body[1].model_json_schema() if body else None


def is_refused(answer: Answer, *statuses: int) -> None:
    is_served(answer)
    assert answer.status in statuses, answer


@every_function
def test_a_body_that_is_no_json_is_a_400(name: str, brand: Brand) -> None:
    caller = admitted(name, brand)
    bodies = [
        "",
        "{",
        "[1,",
        "{'a': 1}",
        '{"a": 01}',
        "\ufeff{}",
        '{"a": "\\ud800"}',
        "nul",
        "[" * 50_000,
        b"\xff\xfe",
    ]
    for body in bodies:
        answer = caller.send(name, body)
        is_served(answer)
        if body_schema(name) is not None:
            assert (answer.status, answer.code) == (400, "malformed_json"), body[:20]


@every_function
def test_json_that_is_no_object_is_a_422(name: str, brand: Brand) -> None:
    caller = admitted(name, brand)
    for body in ("[]", "null", "true", "1", '"text"', "[{}]"):
        answer = caller.send(name, body)
        is_served(answer)
        if body_schema(name) is not None:
            assert (answer.status, answer.code) == (422, "validation_failed")


@every_function
def test_a_field_that_nobody_asked_for_is_named(name: str, brand: Brand) -> None:
    caller = admitted(name, brand)
    taken = (body_schema(name) or {}).get("properties", {})
    for field in {"is_admin", "brand_id", "role", "__proto__"} - taken.keys():
        answer = caller.send(name, {field: "x"})
        is_served(answer)
        if body_schema(name) is not None:
            errors = [(error["field"], error["code"]) for error in answer.body["errors"]]
            assert answer.status == 422
            assert (field, "extra_forbidden") in errors


@every_function
def test_a_field_that_is_missing_is_named(name: str, brand: Brand) -> None:
    schema = body_schema(name)
    answer = admitted(name, brand).send(name, {})
    is_served(answer)
    if schema and schema.get("required"):
        assert answer.status == 422
        assert {error["field"] for error in answer.body["errors"]} >= set(schema["required"])


@every_function
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_wrong_types_and_odd_values_are_never_our_fault(
    name: str, brand: Brand, bus: Bus, data: st.DataObject
) -> None:
    schema = body_schema(name)
    if schema is None:
        return
    caller = _CALLERS.setdefault((name, brand.id), admitted(name, brand))
    answer = caller.send(name, json.dumps(data.draw(nearly_valid(schema))))
    if answer.status != 503 or answer.code not in PROVIDER_AWAY:
        is_served(answer)


# Within one test the examples share one caller; its brand's id makes the key unique.
_CALLERS: dict[Any, Any] = {}


@every_function
def test_two_mebibytes_are_a_413(name: str, brand: Brand) -> None:
    caller = admitted(name, brand)
    text = json.dumps({"email": "x" * _TWO_MEBIBYTES})
    for body in (text, text.encode(), "é" * (_TWO_MEBIBYTES // 2), b"\x00" * _TWO_MEBIBYTES):
        answer = caller.send(name, body)
        is_refused(answer, 413)
        assert answer.headers["x-request-id"] == answer.body["request_id"]


@every_function
def test_a_body_that_only_claims_to_be_base64_is_refused(name: str, brand: Brand) -> None:
    caller = admitted(name, brand)
    method, path = ROUTES[name]
    event = http_event(method, path, headers=caller.headers, path_params=caller.path_params)
    for text in ("%%%", "YQ", "YQ=", "e30", "e3 0=", "_-8=", "é", "=", "====", "e30=e30="):
        answer = read(handler_of(name)(event | {"body": text, "isBase64Encoded": True}, None))
        is_refused(answer, 400)
        assert answer.code == "malformed_body", text


@every_function
def test_a_body_in_base64_is_the_body(name: str, brand: Brand) -> None:
    plain, encoded = (admitted(name, brand).send(name, body) for body in ("{}", b"{}"))
    is_served(plain)
    assert plain.status == encoded.status


def broken_tokens(good: str) -> list[str]:
    header, payload, signature = good.split(".")
    other = "A" if signature[5] != "A" else "B"
    return [
        "",
        "x",
        "..",
        "...",
        "null",
        good[:-20],
        good + "A",
        f"{header}.{payload}.",
        f"{header}.{payload}.{signature[:5]}{other}{signature[6:]}",
        f"{payload}.{header}.{signature}",
        f"eyJhbGciOiJub25lIn0.{payload}.",
        f"eyJhbGciOiJIUzI1NiJ9.{payload}.{signature}",
        "é.é.é",
        "\x00.\x00.\x00",
        "a" * 100_000,
        ".".join(["W10"] * 3),
    ]


@every_function
def test_a_broken_token_is_nobodys(name: str, brand: Brand) -> None:
    kind = caller_of(name)
    if kind is None or not issubclass(kind, Member):
        return
    caller = admitted(name, brand)
    good = caller.headers["authorization"].removeprefix("Bearer ")
    for token in broken_tokens(good):
        is_refused(caller.send(name, headers={"authorization": f"Bearer {token}"}), 401)
    for authorization in ("", good, f"Basic {good}", f"Bearer{good}"):
        is_refused(caller.send(name, headers={"authorization": authorization}), 401)


@every_function
def test_another_brands_caller_is_nobody_here(name: str, brand: Brand, another_brand: Brand) -> None:
    kind = caller_of(name)
    if kind is None or kind.who == "public":
        return
    stranger = admitted(name, another_brand)
    answer = stranger.send(name, headers={"x-brand": brand.slug})
    is_refused(answer, 401 if issubclass(kind, Member) else 404)


@every_function
def test_a_broken_cart_token_opens_nothing(name: str, brand: Brand) -> None:
    kind = caller_of(name)
    if kind is None or kind.who != "cart":
        return
    caller = admitted(name, brand)
    for token in ("", " ", "x", "A" * 43, "é" * 43, "A" * 10_000, "' OR 1=1 --", "\x00"):
        is_refused(caller.send(name, headers={"x-cart-token": token}), 401, 404)


@every_function
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_where_a_key_is_required_its_absence_is_a_400(
    name: str, brand: Brand, bus: Bus, data: st.DataObject
) -> None:
    spec, schema = spec_of(name), body_schema(name)
    if spec.idempotency != "required" or spec.signature.body is None or schema is None:
        return
    body = json.dumps(data.draw(valid(schema)))
    caller = _CALLERS.setdefault((name, brand.id), admitted(name, brand))
    for key in ("", " ", None):
        answer = caller.send(name, body, headers={} if key is None else {"idempotency-key": key})
        # What the schema cannot say is looked at first.
        is_refused(answer, 400, 422)
        if answer.status == 400:
            assert answer.code == "idempotency_key_required"


@every_function
def test_a_repeated_query_key_is_refused_where_one_is_meant(name: str, brand: Brand) -> None:
    caller = admitted(name, brand)
    is_served(caller.send(name, "{}", raw_query="utm_source=a&utm_source=b&page&page="))
    asked = spec_of(name).signature.query
    if asked is None:
        return
    for field, info in asked[1].model_fields.items():
        answer = caller.send(name, raw_query=f"{info.alias or field}=1&{info.alias or field}=1")
        is_served(answer)
        # A query that names the brand is judged as a brand first.
        if "list[" not in str(info.annotation) and answer.code != "brand_not_found":
            assert answer.status == 422
            assert answer.body["errors"][0]["code"] == "repeated"


_ODD_VALUES = [
    "",
    "0",
    "-1",
    "101",
    "1e3",
    "1.5",
    "９",
    "9" * 400,
    "null",
    "%C3%A9",
    "%",
    "%zz",
    "a%20b",
    "[]",
    "x" * 5000,
]


@every_function
def test_odd_values_in_the_query_are_never_our_fault(name: str, brand: Brand) -> None:
    caller = admitted(name, brand)
    asked = spec_of(name).signature.query
    fields = [info.alias or field for field, info in asked[1].model_fields.items()] if asked else ["page"]
    for field in fields:
        for value in _ODD_VALUES:
            is_served(caller.send(name, raw_query=f"{field}={value}"))
    if "limit" in fields:
        is_refused(caller.send(name, raw_query="limit=101"), 422)
        is_refused(caller.send(name, raw_query="limit=0"), 422)


@every_function
def test_a_query_that_cannot_be_read_is_at_most_a_400(name: str, brand: Brand) -> None:
    caller = admitted(name, brand)
    for raw_query in ("a=%00", "a=%ff", "&".join(f"k{n}=1" for n in range(2000)), "=", "&&&", "a;b", "?"):
        is_served(caller.send(name, "{}", raw_query=raw_query))


@every_function
def test_a_path_that_names_nothing_is_a_404(name: str, brand: Brand) -> None:
    caller = admitted(name, brand)
    for key, kind in spec_of(name).signature.path.items():
        for value in (
            "x",
            "0",
            "\x00",
            "é",
            "a" * 3000,
            "..",
            "' OR 1=1 --",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ):
            answer = caller.send(name, path_params={key: value})
            is_served(answer)
            if kind is not str and answer.status not in (400, 422):
                assert answer.status in (401, 404), (value, answer)


_ODD_HEADERS = [
    ("x-brand", "\x00"),
    ("x-brand", "x" * 5000),
    ("x-brand", "é"),
    ("host", "a" * 5000),
    ("host", "\x00:80"),
    ("idempotency-key", "\x00"),
    ("idempotency-key", "é"),
    ("idempotency-key", "k" * 5000),
    ("if-match", '"'),
    ("if-match", "W/x,,\x00"),
    ("if-none-match", '"' * 1000),
    ("content-type", "text/xml"),
    ("accept", "\x00"),
    ("accept-language", "xx-\x00;q=nan,,,"),
    ("origin", "null"),
    ("user-agent", "\x00"),
    ("x-correlation-id", "\x00\n"),
    ("stripe-signature", "t=x,v1=\x00"),
    ("last-event-id", "\x00"),
]


@every_function
def test_odd_headers_are_never_our_fault(name: str, brand: Brand) -> None:
    caller = admitted(name, brand)
    for header, value in _ODD_HEADERS:
        is_served(caller.send(name, "{}", headers={header: value}))
