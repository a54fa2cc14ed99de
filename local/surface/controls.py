"""The local run's controls: clock, jobs, queues, limits, faults, settling."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from local.aws.client import Aws
from local.clock import MovableClock, OutOfReach
from local.faults.controls import Faults, FaultsRequest
from local.queues.outbox import Outbox
from local.schedules.scheduler import Scheduler
from local.surface.answers import Refused
from local.surface.settling import Settling
from local.templates.system import System
from local.workers.invoke import FunctionFailed

_DEFAULT_SETTLE_SECONDS = 30.0
_LIMITS_ON, _LIMITS_OFF = b"\0", b"\1"


class ClockRequest(BaseModel):
    """One of the two."""

    model_config = ConfigDict(extra="forbid")
    advance_seconds: float | None = None
    now: AwareDatetime | None = None


class LimitsRequest(BaseModel):
    """Whether rate limits hold."""

    model_config = ConfigDict(extra="forbid")
    enabled: bool


def read[M: BaseModel](model: type[M], body: bytes) -> M:
    """The request's JSON body. Raises Refused."""
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        raise Refused(
            422, "The body is not valid.", errors=json.loads(json.dumps(details, default=str))
        ) from error


class Controls:
    """Every method answers what is sent as JSON. All raise Refused for what cannot be done."""

    def __init__(
        self,
        system: System,
        clock: MovableClock,
        limits_file: Path,
        aws: Aws,
        outbox: Outbox,
        scheduler: Scheduler,
        settling: Settling,
        faults: Faults,
    ) -> None:
        self._system, self._clock, self._limits_file = system, clock, limits_file
        self._aws, self._outbox, self._scheduler = aws, outbox, scheduler
        self._settling, self._faults = settling, faults
        if not limits_file.exists() or limits_file.stat().st_size != 1:
            limits_file.write_bytes(_LIMITS_ON)

    async def clock(self) -> dict[str, Any]:
        """What time it is."""
        return {"now": _text(self._clock.now()), "offset_seconds": round(self._clock.offset_seconds, 6)}

    async def move_clock(self, body: bytes) -> dict[str, Any]:
        """Move it; schedules that become due run."""
        asked = read(ClockRequest, body)
        if (asked.advance_seconds is None) == (asked.now is None):
            raise Refused(422, "Give either advance_seconds or now.")
        try:
            if asked.now is not None:
                self._clock.set_to(asked.now)
            else:
                self._clock.advance(asked.advance_seconds or 0.0)
        except OutOfReach as error:
            raise Refused(422, str(error)) from error
        self._scheduler.clock_moved()
        return await self.clock()

    async def run_job(self, name: str) -> Any:
        """Run a scheduled job now, after a run of it that is under way."""
        function = self._system.job(name)
        if function is None:
            scheduled = {self._system.functions[one.function].file_name for one in self._system.schedules}
            raise Refused(404, f"There is no job {name}.", jobs=sorted(scheduled))
        try:
            return await self._scheduler.run(function)
        except FunctionFailed as failed:
            raise Refused(500, str(failed), report=failed.report) from failed

    async def queues(self) -> dict[str, Any]:
        """Depth of every queue and its dead-letter queue, and what waits in the outbox."""
        depths = await self._aws.own("depths")
        dead_of = {
            name: json.loads(queue.attributes["RedrivePolicy"])["deadLetterTargetArn"].rpartition(":")[2]
            for name, queue in self._system.queues.items()
            if "RedrivePolicy" in queue.attributes
        }
        shown = {}
        for name in sorted(self._system.queues.keys() - set(dead_of.values())):
            depth = depths.get(name, {})
            dead = depths.get(dead_of.get(name, ""), {})
            shown[name] = {
                "visible": depth.get("visible", 0) + depth.get("delayed", 0),
                "in_flight": depth.get("in_flight", 0),
                "dlq": sum(dead.values()),
            }
        try:
            waiting = await self._outbox.waiting()
        except psycopg.Error as error:
            raise Refused(503, f"the database does not answer: {error}") from error
        return {"outbox": {"pending": waiting.pending, "dead": waiting.dead}, "queues": shown}

    async def settle(self, query: dict[str, str]) -> dict[str, Any]:
        """Wait until nothing is on its way; 504 when it does not come to that in time."""
        try:
            seconds = float(query.get("timeout") or _DEFAULT_SETTLE_SECONDS)
        except ValueError:
            raise Refused(422, "timeout is a number of seconds") from None
        result = await self._settling.wait(seconds)
        if not result["settled"]:
            raise Refused(504, "Something is still on its way.", **result)
        return result

    async def limits(self) -> dict[str, Any]:
        """Whether rate limits hold."""
        return {"enabled": self._limits_file.read_bytes() != _LIMITS_OFF}

    async def switch_limits(self, body: bytes) -> dict[str, Any]:
        """Switch them. The functions have this very byte mapped into their memory."""
        enabled = read(LimitsRequest, body).enabled
        with self._limits_file.open("r+b") as file:
            file.write(_LIMITS_ON if enabled else _LIMITS_OFF)
        return await self.limits()

    async def faults(self) -> dict[str, Any]:
        """What is armed."""
        return await self._faults.armed()

    async def arm_faults(self, body: bytes) -> dict[str, Any]:
        """Arm faults, see local.faults.controls.FaultsRequest."""
        return await self._faults.apply(read(FaultsRequest, body))

    async def clear_faults(self) -> dict[str, Any]:
        """All off."""
        return await self._faults.apply(FaultsRequest(clear=True))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
