"""Every HTTP function by name, and requests that its door admits: for tests that go through all of them."""

import importlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from shared.identity.callers import Member, Staff
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.doors.endpoint import EndpointSpec
from tests.accounts import customer_account, headers, session_of, staff_account
from tests.gateway import Answer, Handler, call

FUNCTIONS = Path(__file__).parents[1] / "functions"
_PROBLEM = {"type", "title", "status", "detail", "code", "request_id"}
_ROUTE = re.compile(r'"""(GET|POST|PUT|PATCH|DELETE|OPTIONS|ANY) (\S+) — ')


def _routes() -> dict[str, tuple[str, str]]:
    """The method and path in the first line of each file, by `context.name`: read and not imported."""
    found = {}
    for file in sorted(FUNCTIONS.glob("[!_.]*/[!_.]*.py")):
        if route := _ROUTE.match(file.read_text()):
            found[f"{file.parent.name}.{file.stem}"] = (route[1], route[2])
    return found


ROUTES = _routes()


def handler_of(name: str) -> Handler:
    """The handler of `context.name`."""
    handler: Handler = importlib.import_module(f"functions.{name}").handler
    return handler


def spec_of(name: str) -> EndpointSpec:
    """What its door knows."""
    spec: EndpointSpec = handler_of(name).spec  # type: ignore[attr-defined]
    return spec


def caller_of(name: str) -> type[Any] | None:
    """The kind of caller it asks for."""
    caller = spec_of(name).signature.caller
    return caller[1] if caller else None


@dataclass(frozen=True)
class Admitted:
    """Headers and path parameters with which a door lets a request through to its story."""

    headers: dict[str, str]
    path_params: dict[str, str]

    def send(self, name: str, body: Any = None, **changed: Any) -> Answer:
        """One request to `name`; `headers` and `path_params` given here are laid over the admitted ones."""
        method, path = ROUTES[name]
        sent = self.headers | changed.pop("headers", {})
        params = self.path_params | changed.pop("path_params", {})
        for key, value in params.items():
            path = path.replace(f"{{{key}}}", value).replace(f"{{{key}+}}", value)
        method = "GET" if method == "ANY" else method
        return call(handler_of(name), method, path, body, headers=sent, path_params=params, **changed)


def admitted(name: str, brand: Brand) -> Admitted:
    """A caller who may, and path parameters of the right kind, which name nothing unless they are the caller's own."""
    kind = caller_of(name)
    params = path_params(name)
    signed_in = headers(brand)
    if kind is not None and issubclass(kind, Member):
        staff = issubclass(kind, Staff)
        account = staff_account(brand, Role.ADMIN, platform=True) if staff else customer_account(brand)
        signed_in = headers(brand, session_of(brand, account).access_token)
    elif kind is not None and kind.who == "cart":
        cart_id, token = new_cart(brand)
        signed_in |= {"x-cart-token": token}
        params |= {"cart_id": cart_id} if "cart_id" in params else {}
    return Admitted(signed_in, params)


def path_params(name: str) -> dict[str, str]:
    """Path parameters of the right kind, which name nothing."""
    return {key: _path_value(kind) for key, kind in spec_of(name).signature.path.items()}


def new_cart(brand: Brand) -> tuple[str, str]:
    """The id and the token of a guest's new cart."""
    [name] = [name for name, route in ROUTES.items() if route == ("POST", "/v1/store/cart")]
    cart = call(handler_of(name), "POST", "/v1/store/cart", {}, headers=headers(brand)).body
    return cart["id"], cart["token"]


def is_served(answer: Answer) -> None:
    """It was answered, and if refused then by a problem that says what it must."""
    assert answer.status < 500, answer
    if answer.status >= 400:
        assert answer.headers["content-type"] == "application/problem+json", answer
        assert answer.body.keys() >= _PROBLEM
        assert answer.body["status"] == answer.status
        assert answer.headers["x-content-type-options"] == "nosniff"


def _path_value(kind: type) -> str:
    return str(uuid4()) if kind is UUID else "1" if kind is int else "nothing-here"
