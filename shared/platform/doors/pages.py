"""The door of pages: an ASGI application (Starlette) behind one Lambda, run by mangum."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from mangum import Mangum

from shared.kernel.refusals import Refusal
from shared.platform.doors.answers import InternalError, finished, unexpected
from shared.platform.doors.bare import bare_spec
from shared.platform.doors.origin import origin
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.logs import about


class Pages:
    """A Lambda handler for HTTP API payload 2.0 that an ASGI application answers."""

    def __init__(self, spec: Any, application: Callable[..., Any]) -> None:
        self.spec = spec
        self._function = f"{spec.context}/{spec.name}"
        _ensure_loop()
        self._asgi = Mangum(application, lifespan="off")

    def __call__(self, event: dict[str, Any], context: Any = None) -> dict[str, Any]:
        request_id = str((event.get("requestContext") or {}).get("requestId", ""))
        try:
            request = HttpRequest.from_event(event)
            about(self._function, request.correlation_id, request.request_id)
            _ensure_loop()
            answer: dict[str, Any] = dict(self._asgi(event, context))
            if answer["statusCode"] >= 500:
                # Mangum has logged the cause and answered in plain text.
                return _finished(problem(InternalError(), request_id), request)
            headers = HttpResponse(headers=dict(answer.get("headers") or {}))
            finished(headers, request, None)
            return answer | {"headers": headers.headers}
        except Refusal as refusal:
            return _finished(problem(refusal, request_id), None)
        except Exception as error:
            return _finished(unexpected(error, request_id), None)


def _ensure_loop() -> None:
    """Mangum asks for the thread's event loop, which Python no longer makes for whoever asks."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        if _loop.current is None or _loop.current.is_closed():
            _loop.current = asyncio.new_event_loop()
        asyncio.set_event_loop(_loop.current)


class _Loop(threading.local):
    current: asyncio.AbstractEventLoop | None = None


_loop = _Loop()


def _finished(answer: HttpResponse, request: HttpRequest | None) -> dict[str, Any]:
    finished(answer, request, None)
    return answer.to_gateway()


def pages(method: str, path: str, application: Callable[..., Any]) -> Pages:
    """The handler of `method` `path` that `application` (ASGI) answers."""
    return Pages(bare_spec(origin(), method, path), application)
