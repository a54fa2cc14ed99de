"""POST /v1/admin/schedules/{name}/run."""

import io
import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from functions._generate.discovery import Kind, all_functions
from functions.platform import relay_outbox
from functions.platform.run_schedule import handler
from shared.identity.permissions import Role
from shared.platform import schedules
from shared.platform.brands import Brand
from shared.platform.schedules import Schedule
from tests.accounts import headers, signed_in
from tests.deeds import log
from tests.gateway import Answer, Bus, call

pytestmark = pytest.mark.usefixtures("issuer", "bus")


class Lambda:
    """Stands for boto3's client: runs the relay's job, or does what `then` does."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.then: Any = None

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if self.then:
            answered: dict[str, Any] = self.then()
            return answered
        result = relay_outbox.handler(json.loads(asked["Payload"]))
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(result).encode())}


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Lambda:
    made = Lambda()
    monkeypatch.setattr(boto3, "client", lambda *_, **__: made)
    schedules.forget()
    return made


def run(brand: Brand, name: str = "relay_outbox", role: Role = Role.ADMIN) -> Answer:
    return send(name, signed_in(brand, role))


def send(name: str, sent: dict[str, str]) -> Answer:
    path = f"/v1/admin/schedules/{name}/run"
    return call(handler, "POST", path, headers=sent, path_params={"name": name})


def test_a_job_is_run_by_its_function_and_answers_its_counts(
    brand: Brand, functions: Lambda, bus: Bus
) -> None:
    answer = run(brand)
    assert answer.status == 200, answer.body
    assert answer.body == {
        "job": "relay_outbox",
        "state": "finished",
        "processed": 0,
        "failed": 0,
        "finished": True,
        "error": None,
    }
    [asked] = functions.asked
    assert (asked["FunctionName"], asked["Qualifier"]) == ("local-platform-relay-outbox", "live")
    [entry] = log(brand)
    assert (entry["action"], entry["resource"]) == ("platform.run_schedule", {"name": "relay_outbox"})


def test_a_job_that_fails_says_so(brand: Brand, functions: Lambda) -> None:
    report = json.dumps({"errorType": "KeyError", "errorMessage": "'total'"}).encode()
    functions.then = lambda: {"FunctionError": "Unhandled", "Payload": io.BytesIO(report)}
    answer = run(brand)
    assert (answer.status, answer.body["state"], answer.body["error"]) == (200, "failed", "KeyError: 'total'")
    assert answer.body["processed"] is None


def test_a_job_that_takes_long_goes_on_by_itself(brand: Brand, functions: Lambda) -> None:
    def hang() -> None:
        raise ReadTimeoutError(endpoint_url="https://lambda")

    functions.then = hang
    answer = run(brand)
    assert (answer.status, answer.body["state"], answer.body["finished"]) == (200, "running", None)


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://lambda"),
        ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "busy"}}, "Invoke"),
    ],
)
def test_a_job_that_could_not_be_started_is_a_problem(
    brand: Brand, functions: Lambda, error: Exception
) -> None:
    def refuse() -> None:
        raise error

    functions.then = refuse
    answer = run(brand)
    assert (answer.status, answer.code) == (503, "job_not_started")


def test_what_is_no_job_is_not_found_and_nothing_is_run(brand: Brand, functions: Lambda) -> None:
    for name in ("check_out", "..", "relay-outbox"):
        answer = run(brand, name)
        assert (answer.status, answer.code) == (404, "job_not_found")
    assert functions.asked == []
    assert log(brand) == []


def test_every_job_can_be_run() -> None:
    jobs = [function for function in all_functions() if function.kind is Kind.JOB]
    known = schedules.schedules()
    assert {function.handler.spec.job: function.dashed for function in jobs} == {
        name: schedule.function for name, schedule in known.items()
    }


@pytest.mark.parametrize(
    ("every", "seconds"),
    [("1 minute", 60), ("10 minutes", 600), ("1 hour", 3600), ("1 day", 86400), ("cron(0 3 1 * ? *)", None)],
)
def test_a_period_is_read(every: str, seconds: int | None) -> None:
    period = Schedule("job", "function", every).period
    assert (period.total_seconds() if period else None) == seconds


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT, Role.MANAGER])
def test_only_admins_may(brand: Brand, functions: Lambda, role: Role) -> None:
    assert run(brand, role=role).status == 403
    assert send("relay_outbox", headers(brand)).status == 401
    assert functions.asked == []
