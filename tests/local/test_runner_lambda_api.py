"""Lambda's Invoke by the runner, as boto3 asks for it."""

import asyncio
import json
from typing import Any, cast

import pytest

from local.front.connection import Request
from local.schedules.scheduler import Scheduler
from local.surface.lambda_api import LambdaApi
from local.templates.system import Function, System
from local.workers.invoke import FunctionFailed

NAME = "local-platform-relay-outbox"
RELAY = Function(NAME, "functions.platform.relay_outbox", "handler", 60, 512, {})


class Schedules:
    """Stands for the scheduler: answers what it was asked to run."""

    def __init__(self) -> None:
        self.failure: FunctionFailed | None = None

    async def run(self, function: Function, payload: Any = None) -> Any:
        if self.failure:
            raise self.failure
        return {"ran": function.name, "payload": payload}


def invoke(
    name: str, body: bytes = b"{}", method: str = "POST", failure: FunctionFailed | None = None
) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body of the answer."""
    schedules = Schedules()
    schedules.failure = failure
    api = LambdaApi(System(functions={NAME: RELAY}), cast(Scheduler, schedules))
    path = f"2015-03-31/functions/{name}/invocations"
    request = Request(
        method, f"/_local/lambda/{path}", "Qualifier=live", [], body, "127.0.0.1", lambda _: None
    )
    head, _, content = asyncio.run(api(request, path)).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, json.loads(content)


@pytest.mark.parametrize(
    "name", [NAME, f"arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3A{NAME}", f"{NAME}:live"]
)
def test_a_function_is_run_by_its_name(name: str) -> None:
    status, headers, answer = invoke(name, b'{"by": "hand"}')
    assert (status, answer) == (200, {"ran": NAME, "payload": {"by": "hand"}})
    assert "x-amz-function-error" not in headers


def test_without_an_event_it_gets_what_the_schedule_sends() -> None:
    assert invoke(NAME, b"")[2]["payload"] is None
    assert invoke(NAME, b"{}")[2]["payload"] is None


def test_a_function_that_fails_is_told_as_lambda_tells_it() -> None:
    failure = FunctionFailed(NAME, {"errorType": "KeyError", "errorMessage": "'total'"})
    status, headers, answer = invoke(NAME, failure=failure)
    assert (status, headers["x-amz-function-error"]) == (200, "unhandled")
    assert answer["errorType"] == "KeyError"


@pytest.mark.parametrize(
    ("name", "body", "method", "status"),
    [("local-nothing", b"{}", "POST", 404), (NAME, b"{}", "GET", 404), (NAME, b"{", "POST", 400)],
)
def test_what_makes_no_sense_is_refused(name: str, body: bytes, method: str, status: int) -> None:
    answered, headers, answer = invoke(name, body, method)
    assert answered == status
    assert headers["x-amzn-errortype"]
    assert answer["Message"]
