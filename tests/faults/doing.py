"""Makes the planned troubles happen, and ends those that last."""

import asyncio
import subprocess
import sys
from collections import Counter
from random import Random
from typing import Any

import httpx
import orjson
import psycopg

from local.aws.client import Aws, AwsFailed
from local.files import CHECKOUT
from local.http_client import Unreachable
from local.lifeline import die_with_parent
from tests.faults import messages
from tests.faults import troubles as t
from tests.faults.listener import TABLE
from tests.faults.messages import LISTENER_QUEUE
from tests.faults.world import World

LISTENER_KILLED = "ordered listener: killed"
_LISTENERS = 2
_RECEIVES = 5
_POISON, _POISON_PAUSE_SECONDS = 2 * _RECEIVES, 0.8
_LONG_SECONDS = 10.0
_DAY_SECONDS = 86_400
NAMES = {"stripe": "Stripe", "paypal": "PayPal"}
_AS_EVER = {"duplicates": 0, "delay_seconds": 0, "shuffle_seconds": 0, "drop": 0, "paused": False}
_ANY_WEBHOOKS = (
    "SELECT provider, event_id FROM billing.webhook_events ORDER BY md5(id::text || %(salt)s) LIMIT %(limit)s"
)


class Doing:
    """Applies troubles to `world`. `done` counts them by kind, `missed` those that could not be done (the other side was away)."""

    def __init__(self, world: World, http: httpx.AsyncClient, seed: int) -> None:
        self._world, self._http = world, http
        self._random = Random(f"doing {seed}")
        self._aws = Aws(world.aws_port)
        self._restarting = asyncio.Lock()
        self._environment = world.environment()
        self._own: dict[str, subprocess.Popen[bytes]] = {}
        self.done: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.copies = 0

    async def start(self) -> None:
        """Let the ordered listener listen, and the jobs run twice. To be called before there is traffic."""
        with psycopg.connect(self._world.admin_url, autocommit=True) as admin:
            admin.execute(TABLE)
        await messages.subscribe_listener(self._aws)
        for number in range(_LISTENERS):
            self._listen(number)
        self._keep_twin()

    def stop(self) -> None:
        """End the listeners and the jobs' twin."""
        for process in self._own.values():
            process.kill()
            process.wait()

    async def do(self, trouble: t.Trouble) -> None:
        """Make it happen, and wait until it is over."""
        kind = name_of(trouble)
        self._keep_twin()
        try:
            await self._do(trouble)
            self.done[kind] += 1
        except (httpx.HTTPError, psycopg.Error, AwsFailed, Unreachable) as error:
            self.missed[f"{kind}: {type(error).__name__}"] += 1

    async def _do(self, trouble: t.Trouble) -> None:
        match trouble:
            case t.AtStep():
                await self._arm(steps=[{name: getattr(trouble, name) for name in trouble.__slots__}])
            case t.WorkerKilled(pool):
                await self._arm(worker=pool)
            case t.ServiceLost(service, mode, seconds):
                names = ("events", "sqs") if service == "broker" else (service,)
                await self._arm(aws=dict.fromkeys(names, mode))
                await asyncio.sleep(seconds)
                await self._arm(aws=dict.fromkeys(names, "up"))
            case t.ProviderFails(provider, mode, match, count, seconds):
                fault = {"mode": mode, "match": match, "count": count, "seconds": seconds}
                await self._arm(**{provider: {"requests": fault}})
            case t.WebhooksAstray(provider):
                how = {name: getattr(trouble, name) for name in _AS_EVER}
                await self._arm(**{provider: {"webhooks": how}})
                await asyncio.sleep(trouble.lasts)
                await self._arm(**{provider: {"webhooks": _AS_EVER}})
            case t.WebhooksAgain(events, copies):
                await self._webhooks_again(events, copies)
            case t.MessagesAgain(events, late):
                await self._messages_again(events, late)
            case t.Poisoned(function, action):
                await self._poison(function, action)
            case t.VisibilityOver():
                await self._arm(reveal=True)
            case t.DatabaseKilled(seconds, crash):
                async with self._restarting:
                    await self._world.end_database(seconds, crash=crash)
            case t.ClockMoved(seconds):
                await self._control("clock", {"advance_seconds": seconds})
            case t.ListenerKilled(number):
                self._listen(number)

    async def _arm(self, **asked: Any) -> None:
        await self._control("faults", asked)

    async def _control(self, what: str, body: Any) -> Any:
        answer = await self._http.post(f"/_local/{what}", json=body)
        if answer.is_client_error:
            raise AssertionError(f"{what} {body}: {answer.text}")
        return answer.raise_for_status().json()

    async def _messages_again(self, events: int, late: int) -> None:
        async with await psycopg.AsyncConnection.connect(self._world.admin_url, autocommit=True) as admin:
            found = await messages.told(admin, str(self._random.random()), events)
        self._random.shuffle(found)
        for event_type, body in found:
            queues = [wire.queue for wire in messages.wires() if wire.type == event_type]
            for queue in (*queues, LISTENER_QUEUE):
                delay = self._random.randint(0, late)
                await messages.send(self._aws, queue, body, delay)
                self.copies += 1

    async def _poison(self, function: str, action: str) -> None:
        """Nobody waits for the half hour that five tries take: the messages are shown again at once."""
        fault = {"function": function, "step": "before_story", "action": action, "times": _POISON}
        await self._arm(steps=[fault])
        for _ in range(2 * _RECEIVES):
            await asyncio.sleep(_POISON_PAUSE_SECONDS)
            await self._arm(reveal=True)

    async def _webhooks_again(self, events: int, copies: int) -> None:
        async with await psycopg.AsyncConnection.connect(self._world.admin_url, autocommit=True) as admin:
            picked = {"salt": str(self._random.random()), "limit": events}
            rows = await (await admin.execute(_ANY_WEBHOOKS, picked)).fetchall()
        for provider, event_id in rows:
            path = f"/_local/{provider}/_control/events/{event_id}/resend"
            answer = await self._http.post(path, content=orjson.dumps({"copies": copies}))
            answer.raise_for_status()

    def _listen(self, number: int) -> None:
        """Start the listener's process of this number, in the place of the one there is: that one is killed."""
        self._start(f"listener {number}", "tests.faults.listening", "listener.log")

    def _keep_twin(self) -> None:
        """The jobs' twin dies at named steps, as workers do."""
        twin = self._own.get("twin")
        if twin is None or twin.poll() is not None:
            self._start("twin", "tests.faults.twin", "twin.log")

    def _start(self, name: str, module: str, log_name: str) -> None:
        if old := self._own.get(name):
            old.kill()
            old.wait()
        with (self._world.files.logs / log_name).open("ab") as log:
            self._own[name] = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=CHECKOUT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 - see local.lifeline
            )


def name_of(trouble: t.Trouble) -> str:
    """The kind of a trouble, as figures are told by."""
    match trouble:
        case t.AtStep(action=action):
            return f"function: {action} at a named step"
        case t.WorkerKilled():
            return "function: worker killed at any moment"
        case t.ServiceLost(service, mode, seconds):
            return f"{service} {mode}{' for long' if seconds > _LONG_SECONDS else ''}"
        case t.ProviderFails(provider, mode):
            return f"{NAMES[provider]}: {mode}"
        case t.WebhooksAstray(paused=True):
            return "webhooks: held back"
        case t.WebhooksAstray(drop=drop) if drop:
            return "webhooks: lost"
        case t.WebhooksAstray(duplicates=copies) if copies:
            return "webhooks: several times, shuffled"
        case t.WebhooksAstray():
            return "webhooks: late, shuffled"
        case t.WebhooksAgain():
            return "webhooks: old ones again"
        case t.MessagesAgain():
            return "messages: again, in any order"
        case t.Poisoned():
            return "messages: their consumer fails until they are dead"
        case t.VisibilityOver():
            return "messages: visible while in work"
        case t.DatabaseKilled(crash=crash):
            return "PostgreSQL: crash, recovery" if crash else "PostgreSQL: restart"
        case t.ClockMoved(seconds):
            if seconds < 0:
                return "clock: back"
            return "clock: over a day" if seconds > _DAY_SECONDS else "clock: ahead"
        case t.ListenerKilled():
            return LISTENER_KILLED
