"""Staff who do something worth an entry, and the log that they leave: for tests of the audit log."""

from typing import Any
from uuid import UUID, uuid4

from functions.platform.list_audit_logs import handler
from shared.identity.callers import Staff
from shared.identity.permissions import Role
from shared.kernel.refusals import Refusal
from shared.platform.brands import Brand
from shared.platform.doors import endpoint
from shared.platform.events import Event
from shared.platform.models import Request, Response
from shared.platform.work import Work
from tests.accounts import signed_in
from tests.gateway import Answer, call

PATH = "/v1/admin/lamps/{id}"


class LampSwitchedV1(Event):
    on: bool


class Switch(Request):
    on: bool = True
    fail: bool = False


class Lamp(Response):
    on: bool


class LampBroken(Refusal):
    """This lamp is broken."""


def switch_lamp(ask: Switch, id: UUID, caller: Staff, work: Work) -> Lamp:
    """A story that says nothing of the audit log."""
    work.tell(LampSwitchedV1(on=ask.on))
    if ask.fail:
        raise LampBroken
    return Lamp(on=ask.on)


switch = endpoint("POST", PATH, switch_lamp)
# The context and the name of the file that built the door.
ACTION = "tests.deeds"


def act(brand: Brand, story: Any = switch, body: Any = None, **given: Any) -> Answer:
    """Call `story`, as support staff unless `role` or `headers` say otherwise; about the lamp `id`."""
    lamp = given.pop("id", str(uuid4()))
    role = given.pop("role", Role.SUPPORT)
    sent = given.pop("headers", None) or signed_in(brand, role)
    method = story.spec.method
    return call(
        story,
        method,
        PATH.replace("{id}", lamp),
        None if method == "GET" else body or {},
        headers=sent | given.pop("more", {}),
        path_params={"id": lamp},
        **given,
    )


def ask_log(brand: Brand, role: Role = Role.ADMIN, **query: Any) -> Answer:
    """The log's page that `query` asks for."""
    return call(handler, "GET", "/v1/admin/audit-logs", headers=signed_in(brand, role), query=query)


def log(brand: Brand, **query: Any) -> list[dict[str, Any]]:
    """The entries that `query` asks for, the latest first."""
    answer = ask_log(brand, **query)
    assert answer.status == 200, answer.body
    entries: list[dict[str, Any]] = answer.body["data"]
    return entries
