"""Writes `events/gateway/{public,admin}.json`: the routes of the two HTTP APIs, in the small OpenAPI 3.0.1 the gateway imports,
and beside each the throttles of its routes."""

import re
from collections.abc import Iterable
from typing import Any

from functions._generate.demo import TOKENS
from functions._generate.discovery import Function, Kind
from functions._generate.openapi import takes_keys
from shared.identity.access_tokens import AUDIENCE

ADMIN = "/v1/admin/"
# AWS allows 300 integrations an API; the build fails before that (spec 01).
MAX_ROUTES = 280
_URI = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Stage}-%s:live/invocations"
)
_ANY = "x-amazon-apigateway-any-method"
_TIMEOUT_MS = 29_000
# The gateway reads our discovery document when it imports this, so the condition holds from a second deployment on.
_CHECKED = "GatewayChecksTokens"
_NOTHING = {"Ref": "AWS::NoValue"}
_SCHEME = "access_token"
_AUTHORISER = {
    "type": "oauth2",
    "x-amazon-apigateway-authorizer": {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {"issuer": {"Ref": "TokenIssuer"}, "audience": [AUDIENCE]},
    },
}


def bodies(functions: Iterable[Function]) -> dict[str, dict[str, Any]]:
    """The body of each API by its name. Routes without a path of ours (`$default`, OPTIONS) belong to both."""
    endpoints = [function for function in functions if function.kind is Kind.ENDPOINT]
    return {
        "public": _body("public", [each for each in endpoints if not each.endpoint.path.startswith(ADMIN)]),
        "admin": _body("admin", [each for each in endpoints if _is_admin(each.endpoint.path)]),
    }


def throttles(functions: Iterable[Function]) -> dict[str, dict[str, Any]]:
    """By API, what its stage says of single routes: what anybody can hammer, and what moves money, has limits of its own."""
    endpoints = [function for function in functions if function.kind is Kind.ENDPOINT]
    found: dict[str, dict[str, Any]] = {"public": {}, "admin": {}}
    for function in sorted(endpoints, key=lambda each: (each.endpoint.path, each.endpoint.method)):
        spec = function.endpoint
        kind = "SignIn" if spec.limit == "auth" else "Deed" if spec.idempotency == "required" else ""
        if kind:
            api = "admin" if spec.path.startswith(ADMIN) else "public"
            found[api][f"{spec.method} {spec.path}"] = {
                "ThrottlingRateLimit": {"Ref": f"{kind}sPerSecond"},
                "ThrottlingBurstLimit": {"Ref": f"{kind}Burst"},
                # Said again: nothing promises that a route inherits it.
                "DetailedMetricsEnabled": {"Ref": "RouteMetrics"},
            }
    return found


def _parameters(path: str) -> dict[str, Any]:
    names = re.findall(r"{(\w+)\+?}", path)
    described = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    ]
    return {"parameters": described} if described else {}


def _is_admin(path: str) -> bool:
    return path.startswith((ADMIN, "$", "/{"))


def _body(name: str, endpoints: list[Function]) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for function in sorted(endpoints, key=lambda each: each.endpoint.path):
        spec = function.endpoint
        default = spec.path == "$default"
        path = "/$default" if default else spec.path
        method = _ANY if spec.method == "ANY" else spec.method.lower()
        operations = paths.setdefault(path, _parameters(path))
        # As the gateway's own export has them: what is missing would be a warning, and warnings fail the import.
        operation: dict[str, Any] = (
            {"isDefaultRoute": True} if default else {"responses": {"default": {"description": "Any answer"}}}
        )
        if _needs_token(function):
            operation["security"] = {"Fn::If": [_CHECKED, [{_SCHEME: []}], _NOTHING]}
        operations[method] = operation | {
            "x-amazon-apigateway-integration": {
                "type": "aws_proxy",
                "httpMethod": "POST",
                "payloadFormatVersion": "2.0",
                "timeoutInMillis": _TIMEOUT_MS,
                "uri": {"Fn::Sub": _URI % function.dashed},
                "credentials": {"Fn::GetAtt": ["GatewayRole", "Arn"]},
            },
        }
    return {
        "openapi": "3.0.1",
        "info": {"title": {"Fn::Sub": "${Stage}-comptoir-" + name}, "version": "1"},
        "paths": paths,
        "components": {"Fn::If": [_CHECKED, {"securitySchemes": {_SCHEME: _AUTHORISER}}, _NOTHING]},
    }


def _needs_token(function: Function) -> bool:
    """Whether nobody without an access token gets anything but 401: machines show API keys, which the gateway cannot check."""
    spec = function.endpoint
    kinds = [kind.__name__ for kind in spec.signature.caller[1].__mro__] if spec.signature.caller else []
    if takes_keys(spec):
        return False
    return any("authorization" in TOKENS.get(kind, ()) for kind in kinds)
