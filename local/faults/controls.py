"""What `POST /_local/faults` does: arms faults in the workers' steps, the AWS services, the payment providers."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from local.aws.client import Aws
from local.faults import file
from local.faults.hook import FIRED
from local.workers.pool import Pool

_BROKER = ("events", "sqs")

type AwsFault = Literal["up", "down", "lost"]


class StepFault(BaseModel):
    """At this step, this function (a file's name, with or without its context, or `*`) is killed, fails, waits or repeats."""

    model_config = ConfigDict(extra="forbid")
    function: str = "*"
    step: str
    action: Literal["kill", "fail", "delay", "repeat"] = "kill"
    seconds: float = Field(default=1.0, ge=0, le=60)
    times: int = Field(default=1, ge=1)


class FaultsRequest(BaseModel):
    """`clear` comes first, then the rest. `broker` stands for the services events and sqs; `lost` is done but not answered;
    `reveal` shows every message that is being worked on or waits, as if its visibility had run out."""

    model_config = ConfigDict(extra="forbid")
    clear: bool = False
    steps: list[StepFault] = []
    broker: AwsFault | None = None
    aws: dict[str, AwsFault] = {}
    reveal: bool = False
    worker: Literal["http", "background"] | None = None
    stripe: dict[str, Any] | None = None
    paypal: dict[str, Any] | None = None


class Faults:
    """Keeps the faults file that the workers read; starts with none armed and none done."""

    def __init__(
        self,
        path: Path,
        aws: Aws,
        pools: dict[str, Pool],
        providers: Mapping[str, Callable[[Any], Awaitable[Any]]],
    ) -> None:
        self._file, self._aws, self._pools, self._providers = path, aws, pools, providers
        path.with_name(FIRED).unlink(missing_ok=True)
        self._write(lambda _: [])

    async def apply(self, asked: FaultsRequest) -> dict[str, Any]:
        """Arm what is asked; answers what is armed now."""
        if asked.clear:
            self._write(lambda _: [])
            await self._aws.own("faults", dict.fromkeys((await self._aws.own("faults", {})), "up"))
            for control in self._providers.values():
                await control({"reset": True})
        if asked.steps:
            fresh = [{"id": uuid.uuid4().hex, **fault.model_dump()} for fault in asked.steps]
            self._write(lambda known: [*known, *fresh])
        services = dict.fromkeys(_BROKER, asked.broker) if asked.broker else {}
        if services or asked.aws:
            await self._aws.own("faults", {**services, **asked.aws})
        if asked.reveal:
            await self._aws.own("reveal")
        if asked.worker:
            self._pools[asked.worker].kill_one()
        for name, control in self._providers.items():
            wanted = getattr(asked, name)
            if wanted is not None:
                await control(wanted)
        return await self.armed()

    async def armed(self) -> dict[str, Any]:
        """What may still happen, and how many calls of AWS have failed so far (the providers tell their own)."""
        return {
            "steps": file.read(self._file),
            "aws": await self._aws.own("faults", {}),
            "aws_failed": await self._aws.own("failed"),
            **{name: await control(None) for name, control in self._providers.items()},
        }

    def _write(self, by: Callable[[file.StepFaults], file.StepFaults]) -> None:
        file.change(self._file, lambda known: (by(known), None))
