"""PayPal's REST API: its token, one call, and what became of it. Every call ends in an answer or an outcome, never in an exception.

https://developer.paypal.com/api/rest/ No library of PayPal's: see docs/decisions/paypal.md. Nothing is repeated by itself but for a
token that PayPal no longer takes, since then nothing was done; a repeat is otherwise the caller's decision, and safe by the key.
"""

import base64
import http.client
import json
import ssl
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote

from shared.billing.connections import Connections, HttpAnswer
from shared.billing.outcomes import MISSING, Failed, Unknown
from shared.platform import clock
from shared.platform.logs import log
from shared.platform.settings import secret, settings

CONNECT_SECONDS = 3.0
# PayPal asks for a capture be waited for longer than for other calls; whoever waits has 29 seconds (the gateway).
READ_SECONDS = 15.0
NOT_CONFIGURED = "gateway_not_configured"
_TOKEN_MARGIN = timedelta(seconds=60)
_TOKEN_PATH = "/v1/oauth2/token"
_NOT_ALLOWED = (401, 403)
_NOT_FOUND, _UNAUTHORISED, _CONFLICT, _TOO_MANY, _SERVER_ERROR = 404, 401, 409, 429, 500
# The same key is being worked on: what comes of it is not known yet.
_IN_PROGRESS = frozenset({"PREVIOUS_REQUEST_IN_PROGRESS", "DUPLICATE_REQUEST_ID"})


class Answered(NamedTuple):
    """A success: PayPal's JSON."""

    status: int
    body: dict[str, Any]


class _Token(NamedTuple):
    value: str
    until: datetime


_kept: dict[str, _Token] = {}


def call(
    method: str, path: str, body: dict[str, Any] | None = None, key: str | None = None
) -> Answered | Failed | Unknown:
    """One operation; `key` is the PayPal-Request-Id. Failed's code is PayPal's most precise one (the issue of its first detail)."""
    try:
        answer = _sent(method, path, body, key, _token())
        if answer.status == _UNAUTHORISED:
            # It may have been revoked before its time.
            answer = _sent(method, path, body, key, _token(fresh=True))
        return _read(answer)
    except _TokenRefused as refused:
        return refused.outcome
    except (OSError, http.client.HTTPException) as error:
        return Unknown(reason=f"{type(error).__name__}: {error}")


def segment(name: str) -> str:
    """An id of PayPal's as part of a path, whatever it is."""
    return quote(name, safe="")


class _TokenRefused(Exception):
    def __init__(self, outcome: Failed | Unknown) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def _token(*, fresh: bool = False) -> str:
    kept = _kept.get("token")
    if kept is not None and not fresh and clock.now() < kept.until:
        return kept.value
    known = _credentials()
    headers = {
        "Authorization": f"Basic {base64.b64encode(known.encode()).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    answer = _connections().send("POST", _base() + _TOKEN_PATH, headers, b"grant_type=client_credentials")
    outcome = _read(answer)
    if not isinstance(outcome, Answered):
        raise _TokenRefused(outcome)
    try:
        value, seconds = str(outcome.body["access_token"]), int(outcome.body["expires_in"])
    except (KeyError, TypeError, ValueError) as error:
        raise _TokenRefused(Unknown(reason="PayPal's token cannot be read")) from error
    _kept["token"] = _Token(value, clock.now() + timedelta(seconds=seconds) - _TOKEN_MARGIN)
    return value


def _credentials() -> str:
    try:
        return f"{settings().paypal_client_id}:{secret('PAYPAL_CLIENT_SECRET')}"
    except KeyError as error:
        missing = Failed(code=NOT_CONFIGURED, message="This deployment has no PayPal account.")
        raise _TokenRefused(missing) from error


def _sent(method: str, path: str, body: dict[str, Any] | None, key: str | None, token: str) -> HttpAnswer:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Prefer": "return=representation",
    }
    if key is not None:
        headers["PayPal-Request-Id"] = key
    sent = None if body is None else json.dumps(body).encode()
    return _connections().send(method, _base() + path, headers, sent)


def _read(answer: HttpAnswer) -> Answered | Failed | Unknown:
    try:
        body = json.loads(answer.body) if answer.body else {}
    except ValueError:
        body = None
    if answer.status >= _SERVER_ERROR or not isinstance(body, dict):
        return Unknown(reason=f"PayPal answered {answer.status}")
    if answer.status < 300:
        return Answered(answer.status, body)
    code, message = _problem(body)
    if answer.status in _NOT_ALLOWED:
        log.error("PayPal does not take our credentials", extra={"status": answer.status, "code": code})
    if answer.status == _CONFLICT or code in _IN_PROGRESS:
        return Unknown(reason=code)
    if answer.status == _NOT_FOUND:
        return Failed(code=MISSING, message=message)
    return Failed(code=code, message=message, retryable=answer.status == _TOO_MANY)


def _problem(body: dict[str, Any]) -> tuple[str, str]:
    """https://developer.paypal.com/api/rest/responses/#failed-requests"""
    details = body.get("details")
    first = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    code = first.get("issue") or body.get("name") or body.get("error") or "unknown"
    message = first.get("description") or body.get("message") or body.get("error_description") or ""
    return str(code), str(message)


def _base() -> str:
    return settings().paypal_api_base.rstrip("/")


def forget() -> None:
    """Drop the token and the connections: for tests, whose provider changes under the process."""
    _kept.clear()
    _connections().close()


@cache
def _connections() -> Connections:
    return Connections(CONNECT_SECONDS, READ_SECONDS, ssl.create_default_context)
