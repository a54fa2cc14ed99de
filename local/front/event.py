"""Builds API Gateway's HTTP API event, payload format 2.0, from a request as it came over the wire.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import os
import time
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.front.routes import Route

# Measured against AWS by others (github.com/ministackorg/ministack pull 766): all else, and no type at all, is binary.
_TEXT_TYPES = ("application/json", "application/xml", "application/javascript")
_API_ID = "local"

Headers = list[tuple[bytes, bytes]]


def build(
    route: Route,
    path_parameters: dict[str, str] | None,
    method: str,
    path: str,
    query: str,
    headers: Headers,
    body: bytes,
    source_ip: str,
    host_port: int,
) -> dict[str, Any]:
    """The event of one request. `path` and `query` are percent-encoded as they came; header names in any case."""
    named, cookies = _join(headers)
    host = named.get("host", "")
    named["x-forwarded-for"] = (
        f"{named['x-forwarded-for']}, {source_ip}" if "x-forwarded-for" in named else source_ip
    )
    named["x-forwarded-proto"] = "http"
    named["x-forwarded-port"] = str(host_port)
    decoded = unquote(path) if "%" in path else path
    now = time.time()
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": decoded,
        "rawQueryString": query,
        "headers": named,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": _API_ID,
            "domainName": host,
            "domainPrefix": host.partition(".")[0],
            "http": {
                "method": method,
                "path": decoded,
                "protocol": "HTTP/1.1",
                "sourceIp": source_ip,
                "userAgent": named.get("user-agent", ""),
            },
            "requestId": base64.urlsafe_b64encode(os.urandom(12)).decode(),
            "routeKey": route.key,
            "stage": "$default",
            "time": _clock_text(int(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    if query:
        pairs: dict[str, str] = {}
        for name, value in parse_qsl(query, keep_blank_values=True):
            pairs[name] = f"{pairs[name]},{value}" if name in pairs else value
        event["queryStringParameters"] = pairs
    if path_parameters:
        event["pathParameters"] = path_parameters
    if body:
        _put_body(event, body, named.get("content-type", ""))
    return event


def _join(headers: Headers) -> tuple[dict[str, str], list[str]]:
    """Headers by lower-case name, repeats joined by commas; cookies apart, as the gateway gives them."""
    named: dict[str, str] = {}
    cookies: list[str] = []
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1").lower()
        try:
            value = raw_value.decode()
        except UnicodeDecodeError:
            value = raw_value.decode("latin-1")
        if name == "cookie":
            cookies += [part for cookie in value.split(";") if (part := cookie.strip())]
        elif name in named:
            named[name] += "," + value
        else:
            named[name] = value
    return named, cookies


def _put_body(event: dict[str, Any], body: bytes, content_type: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind in _TEXT_TYPES or kind.startswith("text/"):
        try:
            event["body"] = body.decode()
            return
        except UnicodeDecodeError:
            pass
    event["body"] = base64.b64encode(body).decode()
    event["isBase64Encoded"] = True


_clock_texts: tuple[int, str] = (0, "")


def _clock_text(second: int) -> str:
    global _clock_texts
    if _clock_texts[0] != second:
        _clock_texts = (second, time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(second)))
    return _clock_texts[1]
