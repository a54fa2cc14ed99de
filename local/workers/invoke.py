"""Invokes functions from inside the runner: queues' batches, schedules, jobs by hand."""

import asyncio
import uuid
from typing import Any

import orjson

from local.templates.system import Function
from local.workers.frames import Kind
from local.workers.pool import Invocation, Pool


class FunctionFailed(Exception):
    """The function raised, died or took too long; `report` says what Lambda would."""

    def __init__(self, function: str, report: dict[str, Any]) -> None:
        super().__init__(f"{function}: {report.get('errorType')}: {report.get('errorMessage')}")
        self.report = report


async def invoke(pool: Pool, function: Function, event: Any) -> Any:
    """What the function returned. Raises FunctionFailed."""
    answered: asyncio.Future[tuple[Kind, bytes]] = asyncio.get_running_loop().create_future()

    def done(kind: Kind, payload: bytes) -> None:
        if not answered.done():
            answered.set_result((kind, payload))

    call = Invocation(function.name, event, str(uuid.uuid4()), function.timeout, done)
    if not pool.submit(call):
        raise FunctionFailed(
            function.name, {"errorType": "TooManyRequestsException", "errorMessage": "all busy"}
        )
    try:
        kind, payload = await answered
    except asyncio.CancelledError:
        call.cancelled = True
        raise
    match kind:
        case Kind.VALUE:
            return orjson.loads(payload)
        case Kind.ERROR:
            raise FunctionFailed(function.name, orjson.loads(payload))
        case Kind.TIMED_OUT:
            report = {
                "errorType": "Sandbox.Timedout",
                "errorMessage": f"timed out after {function.timeout} s",
            }
        case _:
            report = {"errorType": "Runtime.ExitError", "errorMessage": "the worker died"}
    raise FunctionFailed(function.name, report)
