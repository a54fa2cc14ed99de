"""Requests and answers in the shape of API Gateway's HTTP API payload 2.0."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self
from urllib.parse import parse_qsl

from shared.kernel.refusals import Refusal
from shared.platform import edge
from shared.platform.watch import Watch

MAX_BODY_BYTES = 1024 * 1024
_MAX_QUERY_FIELDS = 100
_SAFE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}\Z")


class BodyTooLarge(Refusal):
    """The body is larger than 1 MiB."""

    status = 413


class MalformedBody(Refusal):
    """The body is marked as base64 and is not."""

    status = 400


class MalformedRequest(Refusal):
    """The path, the query or a header cannot be read."""

    status = 400


@dataclass
class HttpRequest:
    """One HTTP request. Header names are lower case; `query` keeps repeated keys in order; `body` is the raw bytes."""

    method: str
    path: str
    path_params: Mapping[str, str]
    raw_query: str
    headers: Mapping[str, str]
    body: bytes
    source_ip: str
    request_id: str
    cookies: tuple[str, ...] = ()
    memo: dict[str, Any] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch.begin)

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Self:
        """Read a payload 2.0 event. Raises BodyTooLarge, MalformedBody, and edge.NotByTheFrontDoor behind a CDN."""
        context = event.get("requestContext") or {}
        http = context.get("http") or {}
        headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
        source_ip = edge.visitor(headers, str(http.get("sourceIp", "")))
        return cls(
            method=str(http.get("method", "GET")),
            path=str(event.get("rawPath", "/")),
            path_params=event.get("pathParameters") or {},
            raw_query=str(event.get("rawQueryString") or ""),
            headers=headers,
            body=_body(event),
            source_ip=source_ip,
            request_id=str(context.get("requestId", "")),
            cookies=tuple(event.get("cookies") or ()),
        )

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """Every value of every query key: only the raw string is reliable, since the gateway joins repeats by commas."""
        pairs: dict[str, list[str]] = {}
        try:
            for name, value in parse_qsl(
                self.raw_query, keep_blank_values=True, max_num_fields=_MAX_QUERY_FIELDS, errors="strict"
            ):
                pairs.setdefault(name, []).append(value)
        except ValueError as error:
            raise MalformedRequest("The query string cannot be read.") from error
        if "\x00" in "".join([*pairs, *(value for values in pairs.values() for value in values)]):
            raise MalformedRequest("The query string holds a NUL character.")
        return pairs

    @cached_property
    def correlation_id(self) -> str:
        """The caller's `X-Correlation-Id` if it is harmless, else the request's own id."""
        offered = self.headers.get("x-correlation-id", "")
        return offered if _SAFE_ID.match(offered) else self.request_id


def _body(event: Mapping[str, Any]) -> bytes:
    raw = event.get("body") or ""
    if event.get("isBase64Encoded"):
        if len(raw) > MAX_BODY_BYTES * 4 // 3 + 4:
            raise BodyTooLarge
        try:
            body = base64.b64decode(raw, validate=True)
        except (binascii.Error, ValueError) as error:
            raise MalformedBody from error
    else:
        body = raw.encode("utf-8", "surrogatepass")
    if len(body) > MAX_BODY_BYTES:
        raise BodyTooLarge
    return body


@dataclass(slots=True)
class HttpResponse:
    """One HTTP answer; `body` is text, or bytes that travel as base64."""

    status: int = 200
    body: str | bytes = ""
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)

    def to_gateway(self) -> dict[str, Any]:
        """The payload 2.0 answer."""
        answer: dict[str, Any] = {"statusCode": self.status, "headers": self.headers}
        if isinstance(self.body, bytes):
            answer |= {"body": base64.b64encode(self.body).decode(), "isBase64Encoded": True}
        else:
            answer["body"] = self.body
        if self.cookies:
            answer["cookies"] = self.cookies
        return answer


def body_etag(body: str | bytes) -> str:
    """The `ETag` of just this body."""
    told = body if isinstance(body, bytes) else body.encode()
    return f'"{hashlib.blake2b(told, digest_size=12).hexdigest()}"'


def problem(refusal: Refusal, request_id: str) -> HttpResponse:
    """RFC 9457 `application/problem+json` for a refusal."""
    code = refusal.code()
    document = {
        "type": f"urn:comptoir:problem:{code}",
        "title": _TITLES.get(refusal.status, "Error"),
        "status": refusal.status,
        "detail": refusal.detail,
        "code": code,
        "request_id": request_id,
        **refusal.extra,
    }
    headers = {"content-type": "application/problem+json", "cache-control": "no-store", **refusal.headers}
    if request_id:
        headers["x-request-id"] = request_id
    if "retry_after" in refusal.extra:
        headers["retry-after"] = str(refusal.extra["retry_after"])
    if "location" in refusal.extra:
        headers["location"] = str(refusal.extra["location"])
    return HttpResponse(refusal.status, json.dumps(document, default=_plain), headers)


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return str(value)


_TITLES = {
    301: "Moved Permanently",
    302: "Found",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    410: "Gone",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}
