"""Writes `events/gateway/{public,admin}.json`: the routes of the two HTTP APIs, in the small OpenAPI 3.0.1 the gateway imports."""

import re
from collections.abc import Iterable
from typing import Any

from functions._generate.discovery import Function, Kind

ADMIN = "/v1/admin/"
# AWS allows 300 integrations an API; the build fails before that (spec 01).
MAX_ROUTES = 280
_URI = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Stage}-%s:live/invocations"
)
_ANY = "x-amazon-apigateway-any-method"
_TIMEOUT_MS = 29_000


def bodies(functions: Iterable[Function]) -> dict[str, dict[str, Any]]:
    """The body of each API by its name. Routes without a path of ours (`$default`, OPTIONS) belong to both."""
    endpoints = [function for function in functions if function.kind is Kind.ENDPOINT]
    return {
        "public": _body("public", [each for each in endpoints if not each.endpoint.path.startswith(ADMIN)]),
        "admin": _body("admin", [each for each in endpoints if _is_admin(each.endpoint.path)]),
    }


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
    }
