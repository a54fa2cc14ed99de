"""The processes beside the runner: the AWS services and the payment providers."""

import asyncio
import os
import subprocess
from typing import Any

import orjson

from local import children
from local.aws import process as aws_process
from local.aws.client import Aws
from local.environment import PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET, PAYPAL_WEBHOOK_ID, STRIPE_SECRET_KEY
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
        paypal_port = files.port_for("paypal")
        self.aws = Aws(aws_port)
        self.stripe = HttpClient("127.0.0.1", stripe_port)
        self.stripe_url = f"http://127.0.0.1:{stripe_port}"
        self.paypal = HttpClient("127.0.0.1", paypal_port)
        self.paypal_url = f"http://127.0.0.1:{paypal_port}"
        self._logs = {name: files.logs / f"{name}.log" for name in ("aws", "stripe", "paypal")}
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
            "paypal": children.python(
                "local.paypal",
                [
                    *("--port", str(paypal_port), "--data", str(files.paypal)),
                    *("--webhook-url", f"{public_url}/v1/webhooks/paypal", "--webhook-id", PAYPAL_WEBHOOK_ID),
                    *("--client-id", PAYPAL_CLIENT_ID, "--client-secret", PAYPAL_CLIENT_SECRET),
                    *("--public-url", f"{public_url}/_local/paypal"),
                ],
                {**os.environ, "CLOCK_FILE": str(files.clock)},
                children.open_log(self._logs["paypal"]),
            ),
        }

    async def wait(self) -> None:
        """Until all answer. Raises NeighbourFailed."""
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while not (
                    await self.aws.is_up() and await _is_up(self.stripe) and await _is_up(self.paypal)
                ):
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
        """Stripe's own control: change its faults (None: look). Raises Unreachable."""
        return await _control(self.stripe, wanted)

    async def control_paypal(self, wanted: Any) -> Any:
        """PayPal's own control: change its faults (None: look). Raises Unreachable."""
        return await _control(self.paypal, wanted)

    async def waiting_webhooks(self) -> int:
        """How many deliveries the providers still have before them; those they were told to hold back do not count."""
        waiting = 0
        for provider in (self.stripe, self.paypal):
            state = await _control(provider, None)
            deliveries = state["deliveries"]
            held = 0 if state["webhooks"].get("paused") else deliveries["waiting"]
            waiting += int(held + deliveries["in_flight"])
        return waiting

    def stop(self, *names: str) -> None:
        """Stop these, or all."""
        found: list[subprocess.Popen[bytes]] = [self._children[name] for name in names or self._children]
        for child in found:
            if child.poll() is None:
                child.terminate()
        for child in found:
            children.stop(child)


async def _control(provider: HttpClient, wanted: Any) -> Any:
    method, body = ("GET", b"") if wanted is None else ("POST", orjson.dumps(wanted))
    return orjson.loads((await provider.request(method, "/_control", (), body)).body)


async def _is_up(provider: HttpClient) -> bool:
    try:
        return (await provider.request("GET", "/_control", seconds=2.0)).status == 200
    except Unreachable:
        return False
