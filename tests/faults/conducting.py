"""Conducts a run: buyers come, troubles come with them, until enough has happened; then everything settles and is checked."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import psycopg

from tests.faults.buyers import visit
from tests.faults.checks import ALL
from tests.faults.doctored import Told, tell_all
from tests.faults.doing import Doing
from tests.faults.evidence import Evidence
from tests.faults.notebook import Notebook
from tests.faults.plan import Plan
from tests.faults.settling import Settled, settle
from tests.faults.shopper import Traffic
from tests.faults.world import World

_AT_ONCE = 8
_LOOK_SECONDS = 1.0
_COUNT = "SELECT count(*) FROM platform.outbox_events"


@dataclass
class Outcome:
    """What a run came to. `violations` by the check that found them; `told` are the lies that were told to them afterwards."""

    plan: Plan
    target: int
    events: int = 0
    buyers: int = 0
    traffic_seconds: float = 0.0
    traffic: Traffic = field(default_factory=Traffic)
    notes: Notebook = field(default_factory=Notebook)
    settled: Settled = field(default_factory=Settled)
    violations: dict[str, list[str]] = field(default_factory=dict)
    told: dict[Told, list[str]] = field(default_factory=dict)


async def conduct(
    world: World, plan: Plan, target: int, *, at_most: float, say: Callable[[str], None]
) -> tuple[Outcome, Doing]:
    """Traffic until `target` events were told, or for `at_most` seconds; then let everything come to rest."""
    outcome = Outcome(plan, target)
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
    async with httpx.AsyncClient(base_url=world.run.url, limits=limits, timeout=60) as http:
        doing = Doing(world, http, plan.seed)
        await doing.start()
        try:
            began = time.monotonic()
            await _traffic(world, plan, target, began + at_most, http, doing, outcome, say)
            outcome.traffic_seconds = time.monotonic() - began
            say(f"{outcome.buyers} buyers, {outcome.events} events; letting everything settle")
            outcome.settled = await settle(world, http)
        finally:
            doing.stop()
    return outcome, doing


async def _traffic(
    world: World,
    plan: Plan,
    target: int,
    until: float,
    http: httpx.AsyncClient,
    doing: Doing,
    outcome: Outcome,
    say: Callable[[str], None],
) -> None:
    room, underway = asyncio.Semaphore(_AT_ONCE), set[asyncio.Task[None]]()
    broken: list[BaseException] = []
    planned = plan.troubles()
    coming = next(planned)
    looked = said = time.monotonic()

    def start(what: "asyncio.Task[None]") -> None:
        underway.add(what)
        what.add_done_callback(_ended)

    def _ended(task: "asyncio.Task[None]") -> None:
        underway.discard(task)
        if not task.cancelled() and (error := task.exception()):
            broken.append(error)

    async def serve(number: int) -> None:
        try:
            await visit(plan.buyer(number), world, http, outcome.traffic, outcome.notes)
        finally:
            room.release()

    while not broken and outcome.events < target and time.monotonic() < until:
        await room.acquire()
        outcome.buyers += 1
        while coming.with_buyer <= outcome.buyers:
            start(asyncio.create_task(doing.do(coming.trouble)))
            coming = next(planned)
        start(asyncio.create_task(serve(outcome.buyers)))
        if time.monotonic() - looked > _LOOK_SECONDS:
            looked = time.monotonic()
            outcome.events = await _events(world, outcome.events)
            if looked - said > 15:
                said = looked
                say(f"{outcome.buyers} buyers, {outcome.events} events, {sum(doing.done.values())} troubles")
    while underway:
        await asyncio.wait(set(underway))
    if broken:
        raise broken[0]
    outcome.events = await _events(world, outcome.events)


async def _events(world: World, known: int) -> int:
    """How many events were told so far; what was known when the database is away."""
    try:
        async with await psycopg.AsyncConnection.connect(world.admin_url, connect_timeout=2) as admin:
            row = await (await admin.execute(_COUNT)).fetchone()
            return int(row[0]) if row else known
    except psycopg.Error:
        return known


def check(world: World, outcome: Outcome, doing: Doing) -> Evidence:
    """Check the books; what is wrong is in `outcome.violations`."""
    found = Evidence(world, outcome.notes, outcome.settled, doing.done, outcome.events)
    for one in ALL:
        if wrong := list(one(found)):
            outcome.violations[one.__name__.replace("_", " ")] = wrong
    if not outcome.violations:
        outcome.told = tell_all(found)
        if blind := outcome.told[Told.UNSEEN]:
            outcome.violations["falsified books that no check saw"] = blind
    return found
