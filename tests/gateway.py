"""Calling a handler as API Gateway, SQS or the scheduler would."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from shared.platform import relay
from shared.platform.settings import settings

type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller sees: status, headers (lower case), and the body, parsed when it is JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any
    cookies: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The problem's code."""
        return str(self.body["code"])


def http_event(
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,
    raw_query: str | None = None,
    path_params: Mapping[str, str] | None = None,
    encoded: bool = False,
    source_ip: str = "192.0.2.1",
    cookies: Iterable[str] = (),
) -> dict[str, Any]:
    """An HTTP API payload 2.0 event; `body` is sent as it is when str or bytes, else as JSON; `encoded` as base64."""
    raw = body if isinstance(body, str) else None
    if isinstance(body, bytes):
        raw, encoded = base64.b64encode(body).decode(), True
    elif body is not None and raw is None:
        raw = json.dumps(body)
    if encoded and not isinstance(body, bytes) and raw is not None:
        raw = base64.b64encode(raw.encode()).decode()
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": raw_query if raw_query is not None else urlencode(query or {}, doseq=True),
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": {
            "requestId": uuid4().hex,
            "stage": "$default",
            "http": {
                "method": method,
                "path": path,
                "sourceIp": source_ip,
                "protocol": "HTTP/1.1",
                "userAgent": "tests",
            },
        },
        "isBase64Encoded": encoded,
    }
    if cookies:
        event["cookies"] = list(cookies)
    if path_params:
        event["pathParameters"] = dict(path_params)
    if raw is not None:
        event["body"] = raw
    return event


def call(handler: Handler, method: str, path: str, body: Any = None, **given: Any) -> Answer:
    """Send one request to `handler` (see `http_event`)."""
    return read(handler(http_event(method, path, body, **given), None))


def read(answer: Mapping[str, Any]) -> Answer:
    """A payload 2.0 answer as its caller sees it."""
    text = answer.get("body") or ""
    kind = answer["headers"].get("content-type", "")
    is_json = kind.partition(";")[0].endswith(("/json", "+json"))
    body = json.loads(text) if is_json and text else text
    return Answer(answer["statusCode"], answer["headers"], body, tuple(answer.get("cookies") or ()))


def batch(details: Iterable[Any], receive_count: int = 1) -> dict[str, Any]:
    """An SQS event whose messages carry these EventBridge details."""
    records = [
        {
            "messageId": uuid4().hex,
            "receiptHandle": "handle",
            "body": detail
            if isinstance(detail, str)
            else json.dumps({"detail-type": detail["type"], "detail": detail}),
            "attributes": {"ApproximateReceiveCount": str(receive_count)},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:queue",
            "awsRegion": "eu-west-1",
        }
        for detail in details
    ]
    return {"Records": records}


class Bus:
    """Stands for EventBridge and SQS in function tests: keeps what the relay published, and hands it to consumers."""

    def __init__(self) -> None:
        self.details: list[dict[str, Any]] = []
        self.down = False
        self.calls: list[tuple[str, str]] = []

    def call(self, service: str, operation: str, body: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
        """What `shared.platform.aws.call` answers."""
        self.calls.append((service, operation))
        if operation != "PutEvents":
            return {}
        if self.down:
            raise OSError("the bus is down")
        self.details += [json.loads(entry["Detail"]) for entry in body["Entries"]]
        assert all(entry["EventBusName"] == settings().event_bus for entry in body["Entries"])
        return {"Entries": [{"EventId": uuid4().hex} for _ in body["Entries"]]}

    def relay(self) -> list[dict[str, Any]]:
        """Publish all that waits; answers the newly published details."""
        before = len(self.details)
        while relay.relay_batch()[0]:
            continue
        return self.details[before:]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The published details of one type."""
        return [detail for detail in self.details if detail["type"] == kind]
