"""The processes beside the runner: the AWS services and the payment provider."""

import asyncio
import os
import subprocess
from typing import Any

import orjson

from local import children
from local.aws import process as aws_process
from local.aws.client import Aws
from local.environment import STRIPE_SECRET_KEY
from local.files import Files
from local.http_client import HttpClient, Unreachable

_READY_SECONDS = 30.0
_POLL_SECONDS = 0.02


class NeighbourFailed(RuntimeError):
    """A neighbour does not start, or has ended; the message names its log."""


class Neighbours:
    """Started by the constructor, from the main thread, so that they get ready while other things are done."""

    def __init__(self, files: Files, public_url: str, webhook_secret: str) -> None:
        aws_port, stripe_port = files.port_for("aws"), files.port_for("stripe")
        self.aws = Aws(aws_port)
        self.stripe = HttpClient("127.0.0.1", stripe_port)
        self.stripe_url = f"http://127.0.0.1:{stripe_port}"
        self._logs = {"aws": files.logs / "aws.log", "stripe": files.logs / "stripe.log"}
        self._children = {
            "aws": aws_process.start(files.data, aws_port, files.clock, self._logs["aws"]),
            "stripe": children.python(
                "local.stripe",
                [
                    *("--port", str(stripe_port), "--data", str(files.stripe)),
                    *(
                        "--webhook-url",
                        f"{public_url}/v1/webhooks/stripe",
                        "--webhook-secret",
                        webhook_secret,
                    ),
                    *("--secret-key", STRIPE_SECRET_KEY, "--public-url", f"{public_url}/_local/stripe"),
                ],
                {**os.environ, "CLOCK_FILE": str(files.clock)},
                children.open_log(self._logs["stripe"]),
            ),
        }

    async def wait(self) -> None:
        """Until both answer. Raises NeighbourFailed."""
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while not (await self.aws.is_up() and await self._stripe_is_up()):
                    self.check()
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            logs = ", ".join(str(log) for log in self._logs.values())
            raise NeighbourFailed(f"the local services did not get ready: see {logs}") from None

    def check(self) -> None:
        """Raises NeighbourFailed when one has ended."""
        for name, child in self._children.items():
            if child.poll() is not None:
                raise NeighbourFailed(
                    f"the local {name} has ended ({child.returncode}): see {self._logs[name]}"
                )

    async def control_stripe(self, wanted: Any) -> Any:
        """The provider's own control: change its faults (None: look). Raises Unreachable."""
        method, body = ("GET", b"") if wanted is None else ("POST", orjson.dumps(wanted))
        return orjson.loads((await self.stripe.request(method, "/_control", (), body)).body)

    async def waiting_webhooks(self) -> int:
        """How many deliveries the provider still has before it; those it was told to hold back do not count."""
        state = await self.control_stripe(None)
        deliveries = state["deliveries"]
        held = 0 if state["webhooks"].get("paused") else deliveries["waiting"]
        return int(held + deliveries["in_flight"])

    async def _stripe_is_up(self) -> bool:
        try:
            return (await self.stripe.request("GET", "/_control", seconds=2.0)).status == 200
        except Unreachable:
            return False

    def stop(self, *names: str) -> None:
        """Stop these, or all."""
        found: list[subprocess.Popen[bytes]] = [self._children[name] for name in names or self._children]
        for child in found:
            if child.poll() is None:
                child.terminate()
        for child in found:
            children.stop(child)
