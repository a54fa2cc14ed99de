"""Telling an endpoint's story: its caller, its arguments, its transactions, its idempotent and its audited answer."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from shared.kernel.refusals import Refusal
from shared.platform import idempotency, outbox, timers
from shared.platform.audit import Trail
from shared.platform.brands import Brand
from shared.platform.doors import reading, signature
from shared.platform.doors.anew import anew
from shared.platform.doors.spec import EndpointSpec
from shared.platform.doors.steps import Steps
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.idempotency import Key
from shared.platform.models import Pending
from shared.platform.steps import step
from shared.platform.transactions import Kind
from shared.platform.versions import IfMatch, etag
from shared.platform.work import Work, begin

_JSON = {"content-type": "application/json"}
_REFUSED = 400
_READING = ("GET", "HEAD", "OPTIONS")


class _Recorded(NamedTuple):
    """What the first transaction of a story in steps has left: what is to be reached, or the answer already."""

    answer: HttpResponse | None
    pending: Any
    key: Key | None
    trail: Trail | None


class Teller:
    """Tells `story` to one request after the other."""

    def __init__(self, spec: EndpointSpec, story: Callable[..., Any] | Steps) -> None:
        self.spec, self.story = spec, story
        self._caller = spec.signature.caller
        self._function = f"{spec.context}/{spec.name}"
        self._action = f"{spec.context}.{spec.name}"
        only_reads = spec.only_reads or (spec.cache is not None and spec.cache.only_reads)
        self._kind = Kind.READING if only_reads else Kind.WRITING
        if isinstance(story, Steps):
            self._pending = signature.pending_of(
                inspect.signature(story.record, eval_str=True).return_annotation
            )

    def tell(self, request: HttpRequest, brand: Brand) -> HttpResponse:
        """The story's answer, its effect committed. Raises what the story, the caller or the key refuse by."""
        if self.spec.method not in _READING:
            timers.arm()
        if isinstance(self.story, Steps):
            return self._tell_in_steps(self.story, request, brand)
        if not self.spec.signature.needs_transaction:
            return self._written(self.story(**self._arguments(request, None, None)))
        story = self.story
        return anew(lambda: self._tell_at_once(story, request, brand), self._function)

    def _tell_at_once(self, story: Callable[..., Any], request: HttpRequest, brand: Brand) -> HttpResponse:
        with begin(brand, request.correlation_id, watch=request.watch, kind=self._kind) as work:
            arguments, key = self._admitted(request, work)
            if key and (found := idempotency.open_key(work, key)).replay:
                return found.replay
            step("before_story", self._function)
            answer = self._written(story(**arguments))
            self._audit(work, answer)
            if key:
                idempotency.finish(work, key, answer)
            step("before_commit", self._function)
        self._after_commit(work)
        return answer

    def _tell_in_steps(self, story: Steps, request: HttpRequest, brand: Brand) -> HttpResponse:
        answer, pending, key, trail = anew(lambda: self._record(story, request, brand), self._function)
        if answer is not None:
            return answer
        try:
            step("before_reach", self._function)
            outcome = story.reach(pending)
            step("after_reach", self._function)
            return anew(
                lambda: self._settle(story, pending, outcome, key, request, brand, trail), self._function
            )
        except Exception:
            # The next retry need not wait for the lease of a try that is known to be over.
            if key:
                with begin(brand, request.correlation_id, watch=request.watch) as work:
                    idempotency.release(work, key)
            raise

    def _record(self, story: Steps, request: HttpRequest, brand: Brand) -> _Recorded:
        pending, ended = None, None
        with begin(brand, request.correlation_id, watch=request.watch) as work:
            arguments, key = self._admitted(request, work)
            found = idempotency.open_key(work, key) if key else idempotency.Found()
            if found.replay:
                return _Recorded(found.replay, None, key, None)
            step("before_story", self._function)
            if found.pending is not None:
                pending = self._pending.model_validate_json(found.pending)
            else:
                recorded = story.record(**arguments)
                if not isinstance(recorded, Pending):
                    ended = self._written(recorded)
                    if key:
                        idempotency.finish(work, key, ended)
                else:
                    pending = recorded
                    if key:
                        idempotency.start(work, key, pending.model_dump_json())
                self._audit(work, ended)
            step("before_commit", self._function)
        self._after_commit(work)
        return _Recorded(ended, pending, key, work.trail)

    def _settle(
        self,
        story: Steps,
        pending: Any,
        outcome: Any,
        key: Key | None,
        request: HttpRequest,
        brand: Brand,
        trail: Trail | None,
    ) -> HttpResponse:
        with begin(brand, request.correlation_id, watch=request.watch) as work:
            work.trail = trail
            if key and (settled := idempotency.lock_started(work, key)):
                return settled
            step("before_settle", self._function)
            result = story.settle(pending, outcome, work)
            answer = (
                problem(result, request.request_id) if isinstance(result, Refusal) else self._written(result)
            )
            if key:
                idempotency.finish(work, key, answer)
        self._after_commit(work)
        return answer

    def _admitted(self, request: HttpRequest, work: Work) -> tuple[dict[str, Any], Key | None]:
        """The story's arguments, the caller first: who may not come in learns nothing about the rest."""
        caller = self._caller[1].recognise(request, work, self.spec.needs) if self._caller else None
        work.trail = Trail(self._action, caller, request)
        arguments = self._arguments(request, work, caller)
        # Strangers share nothing but, at most, an address.
        scope = f"{self.spec.method} {request.path} {caller.scope() if caller else request.source_ip}"
        return arguments, idempotency.read_key(request, self.spec.idempotency, scope)

    def _arguments(self, request: HttpRequest, work: Work | None, caller: Any) -> dict[str, Any]:
        asked = self.spec.signature
        arguments = reading.path_values(asked, request)
        if asked.query:
            arguments[asked.query[0]] = reading.query_value(asked.query[1], request)
        if asked.body:
            arguments[asked.body[0]] = reading.body_value(asked.body[1], request)
        if asked.caller:
            arguments[asked.caller[0]] = caller
        if asked.work:
            arguments[asked.work] = work
        if asked.request:
            arguments[asked.request] = request
        if asked.if_match:
            arguments[asked.if_match] = IfMatch.of(request)
        return arguments

    def _written(self, result: Any) -> HttpResponse:
        if isinstance(result, HttpResponse):
            return result
        if result is None:
            return HttpResponse(self.spec.status)
        headers = dict(_JSON)
        # What caches may keep is told apart by its every word.
        if self.spec.cache is None and isinstance(version := getattr(result, "version", None), int):
            headers["etag"] = etag(version)
        return HttpResponse(self.spec.status, result.model_dump_json(), headers)

    def _audit(self, work: Work, answer: HttpResponse | None) -> None:
        """The bare entry of a deed whose story has written none."""
        if self.spec.audited and not work.audited and (answer is None or answer.status < _REFUSED):
            work.audit()

    def _after_commit(self, work: Work) -> None:
        step("after_commit", self._function)
        if work.wakes_relay:
            outbox.wake_relay()
