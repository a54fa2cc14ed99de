"""Answers of the local surface."""

import uuid
from http import HTTPStatus
from typing import Any

import orjson

from local.front import answer


class Refused(Exception):
    """The request cannot be done; answered as problem+json."""

    def __init__(self, status: int, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.extra = status, detail, extra


def document(content: Any, status: int = 200) -> bytes:
    """A JSON answer."""
    body = orjson.dumps(content, option=orjson.OPT_INDENT_2)
    headers = [("content-type", "application/json"), ("cache-control", "no-store")]
    return answer.plain(status, headers, body)


def page(html: str, status: int = 200, policy: str = "") -> bytes:
    """An HTML answer; `policy` is its Content-Security-Policy."""
    headers = [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")]
    if policy:
        headers.append(("content-security-policy", policy))
    return answer.plain(status, headers, html.encode())


def problem(refused: Refused) -> bytes:
    """RFC 9457."""
    title = HTTPStatus(refused.status).phrase
    content = {
        "type": "about:blank",
        "title": title,
        "status": refused.status,
        "detail": refused.detail,
        "code": title.lower().replace(" ", "_"),
        "request_id": uuid.uuid4().hex,
        **refused.extra,
    }
    body = orjson.dumps(content, option=orjson.OPT_INDENT_2)
    return answer.plain(refused.status, [("content-type", "application/problem+json")], body)
