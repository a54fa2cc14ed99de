"""The door of pages: an ASGI application (Starlette) behind one Lambda, run by mangum."""

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
        self._asgi = Mangum(application, lifespan="off")

    def __call__(self, event: dict[str, Any], context: Any = None) -> dict[str, Any]:
        request_id = str((event.get("requestContext") or {}).get("requestId", ""))
        try:
            request = HttpRequest.from_event(event)
            about(self._function, request.correlation_id, request.request_id)
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


def _finished(answer: HttpResponse, request: HttpRequest | None) -> dict[str, Any]:
    finished(answer, request, None)
    return answer.to_gateway()


def pages(method: str, path: str, application: Callable[..., Any]) -> Pages:
    """The handler of `method` `path` that `application` (ASGI) answers."""
    return Pages(bare_spec(origin(), method, path), application)
