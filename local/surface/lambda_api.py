"""Lambda's Invoke as boto3 asks for it, for functions that run other functions.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import json
import re
from typing import Any
from urllib.parse import unquote

import orjson

from local.front import answer
from local.front.connection import Request
from local.schedules.scheduler import Scheduler
from local.templates.system import System
from local.workers.invoke import FunctionFailed

_PATH = re.compile(r"2015-03-31/functions/(?P<function>[^/]+)/invocations\Z")


class LambdaApi:
    """Runs the system's functions: jobs one run at a time, like by their schedules."""

    def __init__(self, system: System, scheduler: Scheduler) -> None:
        self._system, self._scheduler = system, scheduler

    async def __call__(self, request: Request, path: str) -> bytes:
        """The answer to a synchronous invocation."""
        found = _PATH.match(path)
        # A name, or an ARN that ends with it; the alias is the one that there is.
        name = (
            unquote(found["function"]).partition("function:")[2] or unquote(found["function"])
            if found
            else ""
        )
        function = self._system.functions.get(name.partition(":")[0])
        if function is None or request.method != "POST":
            return _failure(404, "ResourceNotFoundException", f"Function not found: {name}")
        try:
            event = orjson.loads(request.body or b"{}")
        except orjson.JSONDecodeError as error:
            return _failure(400, "InvalidRequestContentException", str(error))
        try:
            return _document(200, await self._scheduler.run(function, event or None))
        except FunctionFailed as failed:
            return _document(200, failed.report, ("x-amz-function-error", "Unhandled"))


def _failure(status: int, kind: str, message: str) -> bytes:
    return _document(status, {"Type": "User", "Message": message}, ("x-amzn-errortype", kind))


def _document(status: int, content: Any, *headers: tuple[str, str]) -> bytes:
    told = [("content-type", "application/json"), *headers]
    return answer.plain(status, told, json.dumps(content).encode())
