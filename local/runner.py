"""Runs the system that the templates describe: workers, gateway, queues, schedules, and the local surface."""

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

from local import children, environment
from local.aws import resources
from local.aws.client import AwsFailed
from local.aws.mailbox import Mailbox
from local.aws.process import REGION
from local.clock import MovableClock
from local.demo import state as demo
from local.faults.controls import Faults
from local.files import CHECKOUT, Files
from local.front.routes import Gateway
from local.front.server import Front
from local.google.provider import Provider
from local.http_client import Unreachable
from local.neighbours import Neighbours
from local.progress import doing
from local.queues.outbox import Outbox
from local.queues.poller import Poller
from local.schedules.scheduler import Scheduler
from local.sendcloud.provider import Provider as Sendcloud
from local.surface.controls import Controls
from local.surface.lambda_api import LambdaApi
from local.surface.objects import Objects
from local.surface.pages import Pages
from local.surface.settling import Settling
from local.surface.surface import Surface
from local.templates import reader
from local.templates.stack import Place
from local.workers.pool import Pool, Spawn

_QUEUED_REQUESTS = 1000
# Whose account the local Sendcloud is.
DEMO_SLUG = "demo"
_DRAIN_SECONDS = 5.0
_LAST_SECONDS = 1.0
_WATCH_SECONDS = 0.5


class Runner:
    """Everything that lives in the runner's own process. `facts` are shown on the front page."""

    def __init__(
        self,
        files: Files,
        clock: MovableClock,
        neighbours: Neighbours,
        settings: environment.Settings,
        facts: dict[str, Any],
    ) -> None:
        self._files, self._clock, self._neighbours, self._aws = files, clock, neighbours, neighbours.aws
        place = Place(REGION, neighbours.aws.url, environment.STAGE)
        self.system = reader.read(CHECKOUT, place, environment.parameters(settings))
        self._public_url = settings.public_url
        self.gateway = Gateway.read(CHECKOUT / "events" / "gateway")
        self.media_bucket = next(bucket.name for bucket in self.system.buckets if "media" in bucket.name)
        self._outbox = Outbox(settings.urls.jobs)
        self._told = _teller(files)
        self._environment = workers = environment.of_workers(settings, files, self.system, self.media_bucket)
        table = self._table()
        self._http = Pool(
            "http", _number("WORKERS", 2), self._spawn("http", workers), table, _QUEUED_REQUESTS
        )
        self._background = Pool(
            "background",
            _number("BACKGROUND_WORKERS", 2),
            self._spawn("background", workers),
            table,
            _QUEUED_REQUESTS,
        )
        self._scheduler = Scheduler(self.system, self._background, clock, files.schedules, self._told)
        self._poller = Poller(self._aws, self.system, self._background, self._told)
        self._settling = Settling(
            self.system, self._aws, self._outbox, self._poller, self._scheduler, neighbours.waiting_webhooks
        )
        self._front = Front(
            self.gateway,
            self.system.functions,
            f"{environment.STAGE}-",
            self._http,
            self._surface(facts),
            int(settings.public_url.rpartition(":")[2]),
        )

    async def start(self, listening: socket.socket) -> None:
        """Serve on a bound socket. Raises AwsFailed, psycopg.Error, subprocess.CalledProcessError (the demo's)."""
        await resources.create(self._aws, self.system)
        with doing("loading the demo shop"):
            await asyncio.to_thread(demo.ensure, self._environment)
        await self._outbox.recover(self._known_listeners(), self._clock.now())
        await self._http.start()
        await self._background.start()
        await self._front.start(listening)
        self._poller.start()
        self._scheduler.start()
        await self._wake_relay()

    def warm(self) -> None:
        """Have the handlers imported while nothing else is to be done, unless WARM=0: for runs whose workers do not live long."""
        if os.environ.get("WARM") == "0":
            return
        background = self.system.background()
        self._http.preload(name for name in self.system.functions if name not in background)
        self._background.preload(background)

    async def watch(self, still_up: Callable[[], bool]) -> None:
        """Returns never; raises NeighbourFailed when something that is needed has ended."""
        while still_up():
            self._neighbours.check()
            self._poller.check()
            self._scheduler.check()
            await asyncio.sleep(_WATCH_SECONDS)

    async def stop(self) -> None:
        """Answer what was asked, finish what was begun, and let go; what waits in queues is recovered at the next start."""
        await self._front.drain(_DRAIN_SECONDS)
        self._neighbours.stop("stripe", "paypal")
        await self._settling.drain(_DRAIN_SECONDS)
        await self._scheduler.stop(_LAST_SECONDS)
        await self._poller.stop(_LAST_SECONDS)
        await self._http.stop()
        await self._background.stop()
        await self._outbox.close()
        with contextlib.suppress(AwsFailed, Unreachable):
            await self._aws.own("close")

    async def _wake_relay(self) -> None:
        """What waits in the outbox need not wait for the relay's schedule."""
        queues = {one.environment.get("RELAY_QUEUE_URL") for one in self.system.functions.values()} - {
            None,
            "",
        }
        for queue in queues:
            await self._aws.call("sqs", "SendMessage", {"QueueUrl": queue, "MessageBody": "{}"})

    def _surface(self, facts: dict[str, Any]) -> Surface:
        mailbox = Mailbox(self._files.mail)
        pools = {"http": self._http, "background": self._background}
        providers = {"stripe": self._neighbours.control_stripe, "paypal": self._neighbours.control_paypal}
        faults = Faults(self._files.faults, self._aws, pools, providers)
        controls = Controls(
            self.system,
            self._clock,
            self._files.limits,
            self._aws,
            self._outbox,
            self._scheduler,
            self._settling,
            faults,
        )
        jobs = sorted({self.system.functions[one.function].file_name for one in self.system.schedules})
        pages = Pages(mailbox, {**facts, "jobs": jobs})
        return Surface(
            controls,
            pages,
            mailbox,
            self._aws,
            self.media_bucket,
            {"stripe": self._neighbours.stripe, "paypal": self._neighbours.paypal},
            LambdaApi(self.system, self._scheduler),
            Provider(self._environment["GOOGLE_ISSUER"], lambda: self._clock.now().timestamp()),
            Sendcloud(
                self._environment["SENDCLOUD_API_BASE"],
                f"{self._public_url}/v1/webhooks/carriers/sendcloud?brand={DEMO_SLUG}",
                lambda: self._clock.now().timestamp(),
            ),
            Objects(self._aws, [bucket.name for bucket in self.system.buckets]),
        )

    def _spawn(self, name: str, env: dict[str, str]) -> Spawn:
        log = (
            None
            if os.environ.get("VERBOSE") == "1"
            else children.open_log(self._files.logs / f"{name}.jsonl")
        )

        def spawn(theirs: socket.socket) -> Any:
            number = theirs.fileno()
            return children.python("local.workers", [str(number)], env, log, [number])

        return spawn

    def _table(self) -> dict[str, dict[str, Any]]:
        own = environment.of_functions(self.system)
        return {
            name: {
                "module": function.module,
                "attribute": function.attribute,
                "memory": function.memory,
                "environment": own[name],
            }
            for name, function in self.system.functions.items()
        }

    def _known_listeners(self) -> list[Any]:
        """A consumer that is new in this run starts with what is told from now on."""
        listeners = self.system.listeners()
        kept = self._files.consumers
        known = set(json.loads(kept.read_bytes())) if kept.exists() else {one.consumer for one in listeners}
        kept.write_text(json.dumps(sorted({one.consumer for one in listeners})))
        return [one for one in listeners if one.consumer in known]


def _number(name: str, default: int) -> int:
    return max(1, int(os.environ.get(name) or default))


def _teller(files: Files) -> Callable[[str], None]:
    """Into the runner's own log; to the terminal too when that was asked for."""
    log = children.open_log(files.logs / "runner.log")

    def tell(line: str) -> None:
        log.write(line.encode() + b"\n")
        if os.environ.get("VERBOSE") == "1":
            print(line, file=sys.stderr, flush=True)

    return tell
