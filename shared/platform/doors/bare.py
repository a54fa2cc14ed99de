"""The door of what must answer whatever else is down: no brand, no database, no limiter."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel

from shared.kernel.refusals import Refusal
from shared.platform.doors import signature
from shared.platform.doors.answers import Public, finished, revalidated, unexpected
from shared.platform.doors.endpoint import EndpointSpec
from shared.platform.doors.origin import Origin, origin
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.logs import about


class Bare:
    """A Lambda handler for HTTP API payload 2.0 whose story needs nothing but the request."""

    def __init__(self, spec: EndpointSpec, story: Callable[[HttpRequest], BaseModel | HttpResponse]) -> None:
        self.spec, self.story = spec, story
        self._function = f"{spec.context}/{spec.name}"

    def __call__(self, event: dict[str, Any], context: Any = None) -> dict[str, Any]:
        request = None
        request_id = str((event.get("requestContext") or {}).get("requestId", ""))
        try:
            request = HttpRequest.from_event(event)
            about(self._function, request.correlation_id, request.request_id)
            answer = self._answer(request)
        except Refusal as refusal:
            answer = problem(refusal, request_id)
        except Exception as error:
            answer = unexpected(error, request_id)
        finished(answer, request, None)
        return answer.to_gateway()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        result = self.story(request)
        if isinstance(result, HttpResponse):
            answer = result
        else:
            answer = HttpResponse(
                self.spec.status, result.model_dump_json(), {"content-type": "application/json"}
            )
        cache = self.spec.cache
        if cache is None or answer.status != self.spec.status:
            return answer
        cache.validate(answer)
        return revalidated(answer, request)


def bare(
    method: str,
    path: str,
    story: Callable[[HttpRequest], BaseModel | HttpResponse],
    *,
    refuses: Sequence[type[Refusal]] = (),
    cache: Public | None = None,
) -> Bare:
    """The handler of `method` `path`, told by `story(request)`."""
    answers = signature.model_of(inspect.signature(story, eval_str=True).return_annotation)
    return Bare(bare_spec(origin(), method, path, answers, refuses, cache), story)


def bare_spec(
    here: Origin,
    method: str,
    path: str,
    answers: type[BaseModel] | None = None,
    refuses: Sequence[type[Refusal]] = (),
    cache: Public | None = None,
) -> EndpointSpec:
    """What is known of a route that anybody may call and nothing stands behind."""
    return EndpointSpec(
        name=here.name,
        context=here.context,
        method=method,
        path=path,
        summary=here.summary,
        signature=signature.Signature(),
        needs=None,
        refuses=tuple(refuses),
        status=200,
        answers=answers,
        idempotency="none",
        limit="none",
        cache=cache,
        who="public",
        audited=False,
    )
