"""What the doors write into the audit log by themselves, and what stories add."""

from uuid import UUID, uuid4

import pytest

from functions.identity.sign_in_staff import handler as sign_in
from shared.identity.callers import Member, Staff
from shared.identity.permissions import Role
from shared.platform import steps
from shared.platform.brands import Brand
from shared.platform.doors import Steps, endpoint
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.models import Outcome, Pending, Query
from shared.platform.work import Work, begin
from tests.accounts import PASSWORD, headers, session_of, signed_in, staff_account
from tests.deeds import ACTION, PATH, Lamp, LampBroken, act, log
from tests.gateway import call
from tests.killing import Killed

pytestmark = pytest.mark.usefixtures("issuer", "bus")
HERE = "platform.test_audit_by_doors"


def test_what_staff_change_is_written_by_the_door(brand: Brand) -> None:
    account = staff_account(brand, Role.MANAGER)
    lamp = str(uuid4())
    sent = headers(brand, session_of(brand, account).access_token) | {"user-agent": "Firefox"}
    assert act(brand, id=lamp, headers=sent, source_ip="192.0.2.7").status == 200
    [entry] = log(brand)
    assert entry["actor"] == {
        "type": "staff",
        "id": str(account.id),
        "role": "manager",
        "email": account.email,
        "name": None,
    }
    assert (entry["action"], entry["resource"], entry["sequence"]) == (ACTION, {"id": lamp}, 1)
    assert (entry["ip"], entry["user_agent"], entry["changes"]) == ("192.0.2.7", "Firefox", {})
    assert entry["request_id"]
    assert len(entry["hash"]) == 64


def test_what_was_refused_or_rolled_back_leaves_neither_an_entry_nor_a_gap(brand: Brand) -> None:
    act(brand)
    assert act(brand, body={"fail": True}).status == 409
    act(brand)
    assert [entry["sequence"] for entry in log(brand)] == [2, 1]


def test_a_replay_is_no_second_deed(brand: Brand) -> None:
    sent, lamp = signed_in(brand, Role.SUPPORT), str(uuid4())
    for _ in range(3):
        act(brand, id=lamp, headers=sent, more={"idempotency-key": "k"})
    assert len(log(brand)) == 1


def test_a_killed_function_leaves_nothing_and_its_retry_one_entry(brand: Brand) -> None:

    def die(name: str, function: str) -> None:
        if name == "before_commit":
            raise Killed

    sent = signed_in(brand, Role.SUPPORT)
    steps.install(die)
    with pytest.raises(Killed):
        act(brand, headers=sent)
    steps.install(None)
    assert log(brand) == []
    act(brand, headers=sent)
    assert len(log(brand)) == 1


def test_a_story_tells_what_it_changed_and_no_secret(brand: Brand) -> None:
    def rename(caller: Staff, id: UUID, work: Work) -> Lamp:
        before = {
            "watts": 40,
            "email": "ada@example.com",
            "api_key": "k-1",
            "note": "Next to Ada's bed",
            "on": True,
        }
        work.audit(
            before=before,
            after=before | {"watts": 60, "email": "bob@example.com", "api_key": "k-2", "note": ""},
        )
        return Lamp(on=True)

    act(brand, endpoint("PATCH", PATH, rename))
    [entry] = log(brand)
    assert entry["changes"] == {
        "watts": {"before": 40, "after": 60},
        "email": {"before": "ada@example.com", "after": "bob@example.com"},
        "note": {"before": "Next to Ada's bed", "after": ""},
        "api_key": {"before": "***", "after": "***"},
    }
    with begin(brand, "test") as work:
        chained = work.value("SELECT l::text FROM platform.audit_logs l")
    assert "example.com" not in chained
    assert "Ada" not in chained


def test_a_story_may_write_about_several_things(brand: Brand) -> None:
    def both(caller: Staff, id: UUID, work: Work) -> Lamp:
        work.audit(resource={"lamp": id}, after={"on": True})
        work.audit(resource={"lamp": "other"}, action="platform.dim_lamp")
        return Lamp(on=True)

    act(brand, endpoint("DELETE", PATH, both))
    assert [(entry["action"], entry["sequence"]) for entry in log(brand)] == [
        ("platform.dim_lamp", 2),
        (HERE, 1),
    ]


class LookedAt(Query):
    pass


def test_reads_are_written_only_where_they_are_marked(brand: Brand) -> None:
    def look(ask: LookedAt, id: UUID, caller: Staff, work: Work) -> Lamp:
        return Lamp(on=True)

    act(brand, endpoint("GET", PATH, look))
    assert log(brand) == []
    act(brand, endpoint("GET", PATH, look, audited=True))
    assert len(log(brand)) == 1


def test_what_others_do_is_written_only_where_it_is_marked(brand: Brand) -> None:
    def mine(id: UUID, caller: Member, work: Work) -> Lamp:
        return Lamp(on=True)

    def anybody(id: UUID, work: Work) -> Lamp:
        return Lamp(on=True)

    act(brand, endpoint("POST", PATH, mine), role=Role.MEMBER)
    assert log(brand) == []
    act(brand, endpoint("POST", PATH, mine, audited=True), role=Role.MEMBER)
    act(brand, endpoint("POST", PATH, anybody, audited=True), headers=headers(brand))
    assert [(entry["actor"]["type"], entry["actor"]["role"]) for entry in log(brand)] == [
        ("anonymous", None),
        ("member", "member"),
    ]
    with pytest.raises(TypeError):
        endpoint("POST", "/v1/nothing", lambda: None, audited=True)


def test_a_refusal_that_is_answered_and_kept_is_no_deed(brand: Brand) -> None:
    def refuse(id: UUID, caller: Staff, request: HttpRequest, work: Work) -> HttpResponse:
        return problem(LampBroken(), request.request_id)

    act(brand, endpoint("POST", PATH, refuse))
    assert log(brand) == []


class Turning(Pending):
    n: int = 1


class Turned(Outcome):
    ok: bool


def test_a_deed_in_three_steps_is_written_with_its_record_once(brand: Brand) -> None:
    tries: list[int] = []

    def record(id: UUID, caller: Staff, work: Work) -> Turning:
        return Turning()

    def reach(pending: Turning) -> Turned:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError
        return Turned(ok=True)

    def settle(pending: Turning, outcome: Turned, work: Work) -> Lamp:
        work.audit(action="platform.turned", after={"ok": outcome.ok})
        return Lamp(on=True)

    turn = endpoint("POST", PATH, Steps(record, reach, settle))
    sent, lamp = signed_in(brand, Role.SUPPORT) | {"idempotency-key": "k"}, str(uuid4())
    assert act(brand, turn, headers=sent, id=lamp).status == 500
    assert act(brand, turn, headers=sent, id=lamp).status == 200
    entries = log(brand)
    assert [entry["action"] for entry in entries] == ["platform.turned", HERE]
    assert entries[0]["actor"] == entries[1]["actor"]


def attempt(brand: Brand, email: str, password: str) -> int:
    body = {"email": email, "password": password}
    return call(
        sign_in, "POST", "/v1/admin/auth/login", body, headers=headers(brand), source_ip="192.0.2.9"
    ).status


def test_staff_who_sign_in_and_who_fail_to_are_written(brand: Brand) -> None:
    account = staff_account(brand, Role.ADMIN)
    assert attempt(brand, account.email, "a wrong password") == 401
    assert attempt(brand, "nobody@example.com", PASSWORD) == 401
    assert attempt(brand, account.email, PASSWORD) == 200
    written = [
        (entry["action"], entry["actor"]["type"], entry["actor"]["id"], entry["actor"]["email"], entry["ip"])
        for entry in log(brand)
    ]
    refused = "identity.sign_in_staff_refused"
    assert written == [
        ("identity.sign_in_staff", "staff", str(account.id), account.email, "192.0.2.9"),
        (refused, "anonymous", None, "nobody@example.com", "192.0.2.9"),
        (refused, "anonymous", None, account.email, "192.0.2.9"),
    ]


def test_what_no_endpoint_does_is_the_systems(brand: Brand) -> None:
    with begin(brand, "run-1") as work:
        work.audit(action="platform.swept", resource={"rows": 3})
        with pytest.raises(TypeError):
            work.audit()
    [entry] = log(brand)
    assert (entry["actor"]["type"], entry["request_id"], entry["resource"]) == (
        "system",
        "run-1",
        {"rows": 3},
    )
