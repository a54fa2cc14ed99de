"""Writes the OpenAPI 3.1 document of all endpoints, from what their doors know."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from functions._generate.components import Components, ProblemDetails, components_of
from functions._generate.discovery import Function, Kind
from shared.identity.callers import Staff
from shared.identity.permissions import least_role, may_be_a_scope
from shared.kernel.refusals import Refusal
from shared.platform.doors.answers import TemporarilyUnavailable
from shared.platform.doors.endpoint import EndpointSpec
from shared.platform.doors.reading import MalformedJson, NothingThere, ValidationFailed
from shared.platform.http import BodyTooLarge, MalformedRequest
from shared.platform.idempotency import (
    IdempotencyInProgress,
    IdempotencyKeyInvalid,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
)
from shared.platform.limits import TooManyRequests
from shared.platform.versions import VersionStale

_PROBLEM = "application/problem+json"
_JSON = "application/json"
_VERSION = "1"
_DESCRIPTION = """\
Money is integer minor units and a currency; times are RFC 3339 in UTC; ids are UUIDv7. Errors are RFC 9457 problems: branch on
`code`. Lists take `page` and `limit`. POSTs accept an `Idempotency-Key`: a replay gets the first answer again. The brand follows from the
host name, else from the header `X-Brand`."""

_BEARER, _KEY, _CART, _PROVIDER = "bearer", "api_key", "cart_token", "provider_signature"
_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "public": [],
    "cart": [{_CART: []}],
    "provider": [{_PROVIDER: []}],
}
_SCHEMES = {
    _BEARER: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    _KEY: {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "A machine's, with the operation's `x-permission` among its scopes. May be shown as a bearer token, too.",
    },
    _CART: {"type": "apiKey", "in": "header", "name": "X-Cart-Token"},
    _PROVIDER: {
        "type": "apiKey",
        "in": "header",
        "name": "Stripe-Signature",
        "description": "The provider signs what it sends; PayPal in PayPal-Transmission-Sig and its other headers.",
    },
}


def document(functions: Iterable[Function]) -> dict[str, Any]:
    """The whole document. Raises ValueError when two functions have one route."""
    endpoints = [each for each in functions if each.kind is Kind.ENDPOINT and _is_documented(each.endpoint)]
    components = components_of([each.endpoint for each in endpoints])
    paths: dict[str, dict[str, Any]] = {}
    for function in endpoints:
        spec = function.endpoint
        operations = paths.setdefault(spec.path, {})
        if spec.method.lower() in operations:
            raise ValueError(f"two functions answer {spec.method} {spec.path}")
        operations[spec.method.lower()] = _operation(function, spec, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Comptoir",
            "version": _VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": context} for context in dict.fromkeys(each.context for each in endpoints)],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": components.published, "securitySchemes": _SCHEMES},
    }


def who(spec: EndpointSpec) -> str:
    """The least role that may call: that of the permission it needs, else its caller's."""
    return least_role(spec.needs).value if spec.needs else spec.who


def takes_keys(spec: EndpointSpec) -> bool:
    """Whether machines may call, too, with API keys whose scopes have the permission it needs."""
    caller = spec.signature.caller
    return bool(caller and issubclass(caller[1], Staff) and may_be_a_scope(spec.needs))


def _is_documented(spec: EndpointSpec) -> bool:
    """Preflights and the answer to unknown routes are how HTTP works, not operations of ours."""
    return spec.method not in ("ANY", "OPTIONS")


def _operation(function: Function, spec: EndpointSpec, components: Components) -> dict[str, Any]:
    security = _SECURITY.get(spec.who, [{_BEARER: []}])
    if takes_keys(spec):
        security = [*security, {_KEY: []}]
    operation: dict[str, Any] = {
        "operationId": function.name,
        "tags": [function.context],
        "summary": function.summary.rstrip("."),
        "x-who": who(spec),
    }
    if spec.needs:
        operation["x-permission"] = spec.needs
    parameters = [*_path_parameters(spec), *_query_parameters(spec, components), *_headers(spec)]
    if parameters:
        operation["parameters"] = parameters
    if spec.signature.body:
        operation["requestBody"] = {
            "required": True,
            "content": {_JSON: {"schema": components.reference(spec.signature.body[1], "validation")}},
        }
    operation["responses"] = _responses(spec, components)
    operation["security"] = security
    return operation


def _path_parameters(spec: EndpointSpec) -> list[dict[str, Any]]:
    kinds: dict[type, dict[str, str]] = {UUID: {"type": "string", "format": "uuid"}, int: {"type": "integer"}}
    return [
        {"name": name, "in": "path", "required": True, "schema": kinds.get(kind, {"type": "string"})}
        for name, kind in spec.signature.path.items()
    ]


def _query_parameters(spec: EndpointSpec, components: Components) -> list[dict[str, Any]]:
    if not spec.signature.query:
        return []
    model = spec.signature.query[1]
    schema = components.schema(model, "validation")
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": field}
        for name, field in schema.get("properties", {}).items()
    ]


def _headers(spec: EndpointSpec) -> list[dict[str, Any]]:
    headers = []
    if spec.idempotency != "none":
        headers.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": spec.idempotency == "required",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        )
    if spec.signature.if_match:
        headers.append({"name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"}})
    if spec.cache:
        headers.append(
            {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}}
        )
    return headers


def _responses(spec: EndpointSpec, components: Components) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done."}
    if spec.answers:
        good["content"] = {_JSON: {"schema": components.reference(spec.answers, "serialization")}}
    responses: dict[str, Any] = {str(spec.status): good}
    if spec.cache:
        responses["304"] = {"description": "What you have is still right."}
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in dict.fromkeys([*spec.refuses, *_refusals_of_the_door(spec)]):
        by_status.setdefault(refusal.status, []).append(refusal)
    for status, refusals in sorted(by_status.items()):
        responses[str(status)] = {
            "description": "\n\n".join(f"`{each.code()}`: {each.message()}" for each in refusals),
            "content": {_PROBLEM: {"schema": components.reference(ProblemDetails, "serialization")}},
        }
    return responses


def _refusals_of_the_door(spec: EndpointSpec) -> list[type[Refusal]]:
    found: list[type[Refusal]] = []
    if spec.signature.path:
        found.append(NothingThere)
    if spec.signature.body:
        found += [MalformedJson, BodyTooLarge]
    if spec.signature.query:
        found.append(MalformedRequest)
    if spec.signature.body or spec.signature.query:
        found.append(ValidationFailed)
    if spec.idempotency != "none":
        found += [IdempotencyKeyInvalid, IdempotencyKeyReused, IdempotencyInProgress]
    if spec.idempotency == "required":
        found.append(IdempotencyKeyRequired)
    if spec.signature.if_match:
        found.append(VersionStale)
    if spec.limit != "none":
        found.append(TooManyRequests)
    if spec.signature.caller:
        found += spec.signature.caller[1].refuses
    return [*found, TemporarilyUnavailable]
