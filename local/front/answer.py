"""Turns what a function returned (payload format 2.0) into the bytes of an HTTP/1.1 answer, as the gateway would."""

import base64
import binascii
import email.utils
import json
import time
from http import HTTPStatus
from typing import Any

MAX_ANSWER_BYTES = 6 * 1024 * 1024
_NO_BODY = (204, 304)
_OURS = ("content-length", "connection", "transfer-encoding", "keep-alive", "date")
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class BadAnswer(Exception):
    """The function's answer is not one that the gateway understands."""


def render(result: Any, is_head: bool = False) -> bytes:
    """The HTTP answer for a function's `result`. Raises BadAnswer."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return _write(200, [("content-type", "application/json")], json.dumps(result).encode(), is_head)
    try:
        status = int(result["statusCode"])
    except (TypeError, ValueError):
        raise BadAnswer(f"statusCode {result['statusCode']!r}") from None
    headers = [(str(name).lower(), _text(value)) for name, value in (result.get("headers") or {}).items()]
    if not any(name == "content-type" for name, _ in headers):
        headers.append(("content-type", "text/plain;charset=UTF-8"))
    headers += [("set-cookie", _text(cookie)) for cookie in result.get("cookies") or ()]
    body = _body(result)
    if len(body) > MAX_ANSWER_BYTES:
        raise BadAnswer("the body exceeds 6 MB")
    return _write(status, headers, body, is_head)


def message(status: int, text: str, is_head: bool = False) -> bytes:
    """The gateway's own answer: `{"message": text}`."""
    return _write(
        status, [("content-type", "application/json")], json.dumps({"message": text}).encode(), is_head
    )


def plain(status: int, headers: list[tuple[str, str]], body: bytes, is_head: bool = False) -> bytes:
    """An answer that no function gave."""
    return _write(status, headers, body, is_head)


def _body(result: dict[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise BadAnswer(f"the body is a {type(body).__name__}")
    if result.get("isBase64Encoded"):
        try:
            return base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise BadAnswer("the body is not base64") from None
    return body.encode()


def _text(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "\r" in text or "\n" in text or "\0" in text:
        raise BadAnswer("a header holds a line break")
    return text


def _write(status: int, headers: list[tuple[str, str]], body: bytes, is_head: bool) -> bytes:
    if not 100 <= status <= 599:
        raise BadAnswer(f"status {status}")
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Unknown')}\r\ndate: {_date()}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in headers if name not in _OURS]
    if status in _NO_BODY:
        body = b""
    if status != 204:
        lines.append(f"content-length: {len(body)}\r\n")
    lines.append("\r\n")
    head = "".join(lines).encode("utf-8", "surrogateescape")
    return head if is_head else head + body


_dates: tuple[int, str] = (0, "")


def _date() -> str:
    global _dates
    second = int(time.time())
    if _dates[0] != second:
        _dates = (second, email.utils.formatdate(second, usegmt=True))
    return _dates[1]
