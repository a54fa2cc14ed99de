"""The gateway's event and answer, as AWS documents and others have measured them."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.front import answer, event
from local.front.routes import Gateway, Route, Routes

ROUTE = Route("GET /v1/things/{id}", "things-get-thing", ("id",))


def built(
    *,
    path: str = "/v1/things/1",
    query: str = "",
    headers: list[tuple[bytes, bytes]] | None = None,
    body: bytes = b"",
    method: str = "GET",
) -> dict[str, object]:
    return event.build(ROUTE, {"id": "1"}, method, path, query, headers or [], body, "10.0.0.9", 3000)


def test_repeated_headers_are_joined_by_commas_and_names_are_lower_case() -> None:
    made = built(headers=[(b"X-One", b"a"), (b"x-one", b"b"), (b"Host", b"shop.test")])
    assert made["headers"] == {
        "x-one": "a,b",
        "host": "shop.test",
        "x-forwarded-for": "10.0.0.9",
        "x-forwarded-proto": "http",
        "x-forwarded-port": "3000",
    }


def test_cookies_are_a_list_and_no_header() -> None:
    made = built(headers=[(b"Cookie", b"a=1; b=2"), (b"cookie", b"c=3")])
    assert made["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in made["headers"]  # type: ignore[operator]


def test_query_values_of_one_key_are_joined_by_commas() -> None:
    made = built(query="tag=a&tag=b%20c&empty=")
    assert made["queryStringParameters"] == {"tag": "a,b c", "empty": ""}
    assert made["rawQueryString"] == "tag=a&tag=b%20c&empty="


def test_what_is_not_there_is_absent() -> None:
    made = built()
    assert not {"body", "cookies", "queryStringParameters"} & made.keys()
    assert made["isBase64Encoded"] is False


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "text/csv", "application/xml"]
)
def test_text_bodies_travel_as_they_are(kind: str) -> None:
    made = built(method="POST", headers=[(b"content-type", kind.encode())], body='{"a":"é"}'.encode())
    assert (made["body"], made["isBase64Encoded"]) == ('{"a":"é"}', False)


@pytest.mark.parametrize(
    "kind", ["", "application/x-www-form-urlencoded", "application/octet-stream", "image/png"]
)
def test_all_other_bodies_travel_as_base64(kind: str) -> None:
    headers = [(b"content-type", kind.encode())] if kind else []
    made = built(method="POST", headers=headers, body=b"a=1")
    assert (made["body"], made["isBase64Encoded"]) == (base64.b64encode(b"a=1").decode(), True)


def test_json_that_is_no_utf8_travels_as_base64() -> None:
    made = built(method="POST", headers=[(b"content-type", b"application/json")], body=b"\xff")
    assert made["isBase64Encoded"] is True


def test_the_path_is_decoded_and_the_visitor_is_who_connected() -> None:
    made = built(path="/v1/things/a%20b", headers=[(b"x-forwarded-for", b"1.2.3.4")])
    context = made["requestContext"]
    assert made["rawPath"] == "/v1/things/a b"
    assert context["http"]["sourceIp"] == "10.0.0.9"  # type: ignore[index]
    assert made["headers"]["x-forwarded-for"] == "1.2.3.4, 10.0.0.9"  # type: ignore[index]


@given(st.binary(max_size=200), st.sampled_from([b"application/json", b"text/plain", b"image/png", b""]))
def test_every_body_arrives_unchanged(body: bytes, kind: bytes) -> None:
    made = built(method="POST", headers=[(b"content-type", kind)], body=body)
    text = str(made.get("body", ""))
    assert (base64.b64decode(text) if made["isBase64Encoded"] else text.encode()) == body


def split(raw: bytes) -> tuple[str, dict[str, list[str]], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers: dict[str, list[str]] = {}
    for line in lines[1:]:
        name, _, value = line.partition(": ")
        headers.setdefault(name, []).append(value)
    return lines[0], headers, body


def test_an_answer_carries_status_headers_cookies_and_body() -> None:
    result = {"statusCode": 201, "headers": {"X-A": 1, "X-B": True}, "cookies": ["a=1", "b=2"], "body": "é"}
    status, headers, body = split(answer.render(result))
    assert status == "HTTP/1.1 201 Created"
    assert (headers["x-a"], headers["x-b"], headers["set-cookie"]) == (["1"], ["true"], ["a=1", "b=2"])
    assert headers["content-type"] == ["text/plain;charset=UTF-8"]
    assert (headers["content-length"], body) == (["2"], "é".encode())


def test_an_answer_without_status_is_the_json_of_itself() -> None:
    status, headers, body = split(answer.render({"hello": "you"}))
    assert (status, headers["content-type"]) == ("HTTP/1.1 200 OK", ["application/json"])
    assert json.loads(body) == {"hello": "you"}


def test_a_base64_answer_is_sent_as_its_bytes() -> None:
    result = {"statusCode": 200, "body": base64.b64encode(b"\x00\xff").decode(), "isBase64Encoded": True}
    assert split(answer.render(result))[2] == b"\x00\xff"


def test_head_and_not_modified_have_no_body() -> None:
    result = {"statusCode": 200, "body": "abc"}
    _, headers, body = split(answer.render(result, is_head=True))
    assert (headers["content-length"], body) == (["3"], b"")
    assert split(answer.render({"statusCode": 304, "body": "abc"}))[2] == b""


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "many"},
        {"statusCode": 42},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": "!", "isBase64Encoded": True},
        {"statusCode": 200, "headers": {"x": "a\r\nset-cookie: b=1"}},
        {"statusCode": 200, "body": "x" * (answer.MAX_ANSWER_BYTES + 1)},
    ],
)
def test_what_the_gateway_does_not_understand_is_refused(result: dict[str, object]) -> None:
    with pytest.raises(answer.BadAnswer):
        answer.render(result)


def operation(function: str) -> dict[str, object]:
    arn = (
        f"arn:aws:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:${{Stage}}-{function}:live/invocations"
    )
    return {"x-amazon-apigateway-integration": {"uri": {"Fn::Sub": arn}}}


GATEWAY = Gateway(
    Routes({"paths": {"/v1/admin/orders/{id}": {"get": operation("orders-get")}, "/$default": {"x-amazon-apigateway-any-method": operation("admin-unknown")}}}),
    Routes(
        {
            "paths": {
                "/v1/things": {"get": operation("list"), "post": operation("create")},
                "/v1/things/special": {"get": operation("special")},
                "/v1/things/{id}": {"get": operation("one")},
                "/v1/things/{id}/parts/{part}": {"get": operation("part")},
                "/v1/things/special/{x}": {"get": operation("special-x")},
                "/{proxy+}": {"options": operation("preflight")},
                "/$default": {"x-amazon-apigateway-any-method": operation("unknown")},
            }
        }
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("GET", "/v1/things", "list", None),
        ("POST", "/v1/things", "create", None),
        ("GET", "/v1/things/special", "special", None),
        ("GET", "/v1/things/7", "one", {"id": "7"}),
        ("GET", "/v1/things/a%2Fb", "one", {"id": "a/b"}),
        ("GET", "/v1/things/special/parts/9", "part", {"id": "special", "part": "9"}),
        ("GET", "/v1/things/special/9", "special-x", {"x": "9"}),
        ("GET", "/v1/things/", "unknown", None),
        ("DELETE", "/v1/things/7", "unknown", None),
        ("OPTIONS", "/v1/things/7", "preflight", {"proxy": "v1/things/7"}),
        ("GET", "/v1/admin/orders/7", "orders-get", {"id": "7"}),
        ("GET", "/v1/admin/nothing", "admin-unknown", None),
    ],
)
def test_the_most_specific_route_serves(
    method: str, path: str, function: str, parameters: dict[str, str] | None
) -> None:
    route, found = GATEWAY.match(method, path)
    assert route is not None
    assert (route.function, found) == (function, parameters)
