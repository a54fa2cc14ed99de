"""Writes `events/<context>/<function>.json`: for each function an event as AWS would send it, about the demo brand."""

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from pydantic import BaseModel

from functions._generate.demo import COOKIES, FACTS, HEADERS, OVERRIDES, QUERIES, RAW_BODIES, TOKENS
from functions._generate.discovery import Function, Kind
from functions._generate.examples import NoExample, example_of, plain_id
from functions._generate.schemas import envelope_of
from shared.platform.events import SOURCE, Event
from shared.platform.uploads import key_of

_ACCOUNT, _REGION, _STAGE = "000000000000", "eu-west-1", "local"
_PRIVATE_BUCKET = f"{_STAGE}-comptoir-private-{_ACCOUNT}"
_AT, _EPOCH_MS = "2026-01-15T10:00:00Z", 1768471200000
_NAMESPACE_BYTES = 16


def sample(function: Function) -> dict[str, Any]:
    """The function's sample event. Raises NoExample, KeyError for a path parameter that the demo brand knows nothing of."""
    match function.kind:
        case Kind.ENDPOINT:
            return _request(function)
        case Kind.CONSUMER:
            return {
                "Records": [_record(function, event, number) for number, event in enumerate(function.listens)]
            }
        case Kind.UPLOAD:
            return {"Records": [_arrival(function)]}
        case Kind.WAKE:
            return {"Records": [_message(function, "{}", 0)]}
        case Kind.JOB:
            return _scheduled(function)


def _request(function: Function) -> dict[str, Any]:
    """API Gateway, HTTP API payload 2.0:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html"""
    spec = function.endpoint
    method = "GET" if spec.method == "ANY" else spec.method
    values = _path_values(function)
    path = spec.path if spec.path != "$default" else "/nowhere"
    for name, value in values.items():
        path = re.sub(rf"{{{name}\+?}}", value, path)
    query = _query(function)
    body = _body(function)
    headers = _headers(function, has_body=body is not None)
    key = "$default" if spec.path == "$default" else f"{spec.method} {spec.path}"
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": _ACCOUNT,
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "sample",
            },
            "requestId": _digest(function.dashed)[:_NAMESPACE_BYTES],
            "routeKey": key,
            "stage": "$default",
            "time": "15/Jan/2026:10:00:00 +0000",
            "timeEpoch": _EPOCH_MS,
        },
        "isBase64Encoded": False,
    }
    if function.name in COOKIES:
        event["cookies"] = COOKIES[function.name]
    if values:
        event["pathParameters"] = values
    if body is not None:
        event["body"] = body
    return event


def _path_values(function: Function) -> dict[str, str]:
    known = FACTS | OVERRIDES.get(function.name, {})
    kinds = function.endpoint.signature.path
    return {
        name: str(known[name]) if name in known else _plainest(kind, name) for name, kind in kinds.items()
    }


def _plainest(kind: type, name: str) -> str:
    if kind is UUID:
        return plain_id(name)
    raise NoExample(f"say in functions/_generate/demo.py what the demo brand has for {{{name}}}")


def _query(function: Function) -> str:
    asked = function.endpoint.signature.query
    # What its sender puts in stays as it is written.
    return urlencode(QUERIES.get(function.name) or _required(asked[1]), safe="${}") if asked else ""


def _required(model: type[BaseModel]) -> dict[str, Any]:
    """A query says no more than it must: a filter could leave nothing to answer."""
    example = example_of(model, "validation")
    return {name: example[name] for name, field in model.model_fields.items() if field.is_required()}


def _body(function: Function) -> str | None:
    if function.name in RAW_BODIES:
        return json.dumps(RAW_BODIES[function.name][1])
    asked = function.endpoint.signature.body
    if asked is None:
        return None
    example = example_of(asked[1], "validation")
    changed = OVERRIDES.get(function.name, {})
    return json.dumps(example | {name: value for name, value in changed.items() if name in example})


def _headers(function: Function, *, has_body: bool) -> dict[str, str]:
    spec = function.endpoint
    headers = {"accept": "application/json", "host": "localhost", "x-brand": "demo"}
    if has_body:
        headers["content-type"] = "application/json"
    if spec.idempotency == "required":
        headers["idempotency-key"] = _digest(function.dashed)
    if spec.method == "OPTIONS":
        headers |= {"origin": "http://localhost:3000", "access-control-request-method": "GET"}
    if function.name in RAW_BODIES:
        headers |= RAW_BODIES[function.name][0]
    caller = spec.signature.caller
    if function.name in HEADERS:
        return headers | HEADERS[function.name]
    for kind in caller[1].__mro__ if caller else ():
        if kind.__name__ in TOKENS:
            return headers | TOKENS[kind.__name__]
    return headers


def _record(function: Function, event: type[Event], number: int) -> dict[str, Any]:
    """EventBridge's envelope in an SQS message:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html"""
    detail = envelope_of(event)
    body = {
        "version": "0",
        "id": detail["id"],
        "detail-type": event.type,
        "source": SOURCE,
        "account": _ACCOUNT,
        "time": _AT,
        "region": _REGION,
        "resources": [],
        "detail": detail,
    }
    return _message(function, json.dumps(body), number)


def _arrival(function: Function) -> dict[str, Any]:
    """S3's event, as EventBridge delivers it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html"""
    upload_id = UUID(str((FACTS | OVERRIDES.get(function.name, {}))["upload_id"]))
    body = {
        "version": "0",
        "id": str(UUID(_digest(function.dashed))),
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": _ACCOUNT,
        "time": _AT,
        "region": _REGION,
        "resources": [f"arn:aws:s3:::{_PRIVATE_BUCKET}"],
        "detail": {
            "version": "0",
            "bucket": {"name": _PRIVATE_BUCKET},
            "object": {
                "key": key_of(function.uploads, UUID(FACTS["brand_id"]), upload_id),
                "size": 1024,
                "etag": _digest(str(upload_id)),
                "sequencer": "0",
            },
            "request-id": _digest(function.dashed)[:_NAMESPACE_BYTES].upper(),
            "requester": _ACCOUNT,
            "source-ip-address": "127.0.0.1",
            "reason": "POST Object",
        },
    }
    return _message(function, json.dumps(body), 0)


def _message(function: Function, body: str, number: int) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    return {
        "messageId": f"00000000-0000-4000-8000-{number:012}",
        "receiptHandle": base64.b64encode(f"{function.dashed}/{number}".encode()).decode(),
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(_EPOCH_MS),
            "SenderId": _ACCOUNT,
            "ApproximateFirstReceiveTimestamp": str(_EPOCH_MS),
        },
        "messageAttributes": {},
        # SQS's own checksum of a message, which happens to be MD5.
        "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{_REGION}:{_ACCOUNT}:{_STAGE}-{function.dashed}",
        "awsRegion": _REGION,
    }


def _scheduled(function: Function) -> dict[str, Any]:
    """What EventBridge Scheduler sends to a target without an input of its own."""
    return {
        "version": "0",
        "id": _digest(function.dashed)[:_NAMESPACE_BYTES],
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": _ACCOUNT,
        "time": _AT,
        "region": _REGION,
        "resources": [f"arn:aws:scheduler:{_REGION}:{_ACCOUNT}:schedule/default/{_STAGE}-{function.dashed}"],
        "detail": "{}",
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
