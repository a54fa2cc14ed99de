"""Routes of the two HTTP APIs, read from their generated bodies (`events/gateway/*.json`), matched as the gateway does.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

_INTEGRATION = "x-amazon-apigateway-integration"
_ANY = "x-amazon-apigateway-any-method"
_DEFAULT = "$default"
_FUNCTION = re.compile(r"function:\$\{Stage\}-([A-Za-z0-9-]+)")
ADMIN_PREFIX = "/v1/admin/"


@dataclass(frozen=True, slots=True)
class Route:
    """One route: its key (`GET /v1/orders/{order_id}`), its function (without the stage), and its path's variables."""

    key: str
    function: str
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    variable: "_Node | None" = None
    greedy: dict[str, Route] = field(default_factory=dict)
    methods: dict[str, Route] = field(default_factory=dict)


class Routes:
    """The routes of one HTTP API."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.all: list[Route] = []
        self._exact: dict[tuple[str, str], Route] = {}
        self._root = _Node()
        self._default: Route | None = None
        for path, method, function in _operations(body):
            self._add(path, method, function)

    def _add(self, path: str, method: str, function: str) -> None:
        if path == f"/{_DEFAULT}":
            self._default = Route(_DEFAULT, function)
            self.all.append(self._default)
            return
        segments = path.split("/")[1:]
        names = tuple(part[1:-1].removesuffix("+") for part in segments if part.startswith("{"))
        route = Route(f"{method} {path}", function, names)
        self.all.append(route)
        node = self._root
        for segment in segments:
            if segment.endswith("+}"):
                node.greedy[method] = route
                return
            if segment.startswith("{"):
                node.variable = node = node.variable or _Node()
            else:
                node = node.literals.setdefault(segment, _Node())
        node.methods[method] = route
        if not names and method != "ANY":
            self._exact[method, path] = route

    def match(self, method: str, path: str) -> tuple[Route | None, dict[str, str] | None]:
        """The route of a request, and its path parameters decoded (None when there are none). `path` is percent-encoded."""
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact, None
        segments = path.split("/")[1:]
        if "%" in path:
            segments = [unquote(segment) for segment in segments]
        for is_greedy in (False, True):
            found = next(_walk(self._root, segments, 0, (), method, is_greedy), None)
            if found is not None:
                route, values = found
                return route, dict(zip(route.names, values, strict=True)) or None
        return self._default, None


def _walk(
    node: _Node, segments: list[str], at: int, values: tuple[str, ...], method: str, greedy: bool
) -> Iterator[tuple[Route, tuple[str, ...]]]:
    """Matches below `node`, the most specific first."""
    if at == len(segments):
        route = None if greedy else node.methods.get(method) or node.methods.get("ANY")
        if route is not None:
            yield route, values
        return
    segment = segments[at]
    if segment in node.literals:
        yield from _walk(node.literals[segment], segments, at + 1, values, method, greedy)
    if node.variable is not None and segment:
        yield from _walk(node.variable, segments, at + 1, (*values, segment), method, greedy)
    if greedy:
        route = node.greedy.get(method) or node.greedy.get("ANY")
        if route is not None:
            yield route, (*values, "/".join(segments[at:]))


def _operations(body: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and _INTEGRATION in operation:
                uri = json.dumps(operation[_INTEGRATION]["uri"])
                named = _FUNCTION.search(uri)
                if named is None:
                    raise ValueError(f"{method} {path} names no function: {uri}")
                yield path, "ANY" if method == _ANY else method.upper(), named[1]


class Gateway:
    """Every HTTP API behind the one host: `/v1/admin/*` is the admin API's, all else the public one's."""

    def __init__(self, admin: Routes, public: Routes) -> None:
        self.admin, self.public = admin, public

    @classmethod
    def read(cls, folder: Path) -> "Gateway":
        """From `admin.json` and `public.json` in `folder`."""
        return cls(
            *(Routes(json.loads((folder / f"{name}.json").read_bytes())) for name in ("admin", "public"))
        )

    def match(self, method: str, path: str) -> tuple[Route | None, dict[str, str] | None]:
        """As Routes.match, of the API that serves `path`."""
        return (self.admin if path.startswith(ADMIN_PREFIX) else self.public).match(method, path)
