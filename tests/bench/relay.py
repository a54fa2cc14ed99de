"""The way of events: outbox to a null bus, and told to consumed with 30 rules, by the local run's own relay, queues and workers.

`python -m tests.bench.relay` prints one JSON object a line; the environment names the database.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from local import children
from local.aws import process, resources
from local.aws.client import Aws
from local.clock import MovableClock
from local.files import CHECKOUT, Files
from local.queues.poller import Poller
from local.templates.stack import ACCOUNT
from local.templates.system import EventSource, Function, Queue, Rule, System
from local.workers.pool import Pool
from shared.platform import aws, outbox, relay
from shared.platform.brands import find_brand
from shared.platform.events import SOURCE
from shared.platform.settings import forget
from shared.platform.work import begin
from tests.bench.listener import KINDS
from tests.bench.shop import SLUG

_TO_NOWHERE = 20_000
_BURST = 3_000
_PACE, _PACED_SECONDS = 300, 10
_A_TRANSACTION = 500
_WORKERS = 2
_PATIENCE_SECONDS = 120.0
_BUS, _WAKE = "bench", "bench-relay"
_LISTENER = "bench/listener"


def to_nowhere() -> dict[str, Any]:
    """Events a second that one relay moves from the outbox to a bus that takes everything at once."""
    _forget_events()
    tell(_TO_NOWHERE, _A_TRANSACTION)
    original = aws.call
    aws.call = _null_bus
    try:
        wall, cpu, moved = time.perf_counter(), time.process_time(), 0
        while done := relay.relay_batch()[0]:
            moved += done
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    finally:
        aws.call = original
    return {"what": "relay to a null bus", "events": moved, "rate": moved / wall, "cpu": cpu / moved * 1000}


def _null_bus(service: str, operation: str, body: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
    return {"Entries": [{"EventId": "0"} for _ in body["Entries"]]}


def tell(events: int, a_transaction: int, *, pace: float = 0.0, wakes: bool = False) -> None:
    """Tell that many events of all kinds, `pace` of them a second (0: as fast as can be)."""
    brand = find_brand("", SLUG)
    began = time.perf_counter()
    for first in range(0, events, a_transaction):
        if pace and (early := began + first / pace - time.perf_counter()) > 0:
            time.sleep(early)
        with begin(brand, "bench") as work:
            for number in range(first, min(first + a_transaction, events)):
                work.tell(KINDS[number % len(KINDS)](number=number), key=str(number))
        if wakes:
            outbox.wake_relay()


def _forget_events() -> None:
    # Triggers keep what was told from being changed; a bench starts anew.
    with psycopg.connect(os.environ["ADMIN_DATABASE"], autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM platform.outbox_events WHERE correlation_id = 'bench'")
        admin.execute("DELETE FROM platform.inbox WHERE consumer = %s", (_LISTENER,))
        admin.execute("VACUUM ANALYZE platform.outbox_events")
        admin.execute("VACUUM ANALYZE platform.inbox")


def _system() -> System:
    system = System(buses=[_BUS])
    kinds = {kind.type: f"bench-{number}" for number, kind in enumerate(KINDS)}
    functions = {
        "bench-listener": "tests.bench.listener",
        "bench-relay": "functions.platform.on_events_waiting",
    }
    for name, module in functions.items():
        system.functions[name] = Function(name, module, "handler", 60, 512, {})
    for queue in (_WAKE, *kinds.values()):
        system.queues[queue] = Queue(queue, {"VisibilityTimeout": "60"})
    for kind, queue in kinds.items():
        target = {"Id": queue, "Arn": f"arn:aws:sqs:{process.REGION}:{ACCOUNT}:{queue}"}
        system.rules.append(Rule(queue, _BUS, {"source": [SOURCE], "detail-type": [kind]}, [target]))
        system.sources.append(EventSource("bench-listener", queue, 10, reports_failures=True))
    system.sources.append(EventSource("bench-relay", _WAKE, 10, reports_failures=True, maximum_concurrency=2))
    return system


@contextmanager
def _services(folder: Path) -> Iterator[tuple[Aws, dict[str, str]]]:
    """Local AWS services of our own, and the environment of those who use them."""
    port = Files(folder).port_for("aws")
    clock = MovableClock(folder / "clock")
    child = process.start(folder / "aws", port, clock.file, folder / "aws.log")
    services = Aws(port)
    try:
        own = {
            "AWS_ENDPOINT_URL": services.url,
            "AWS_REGION": process.REGION,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "EVENT_BUS": _BUS,
            "RELAY_QUEUE_URL": f"{services.url}/{ACCOUNT}/{_WAKE}",
            "DATABASE_PREPARES": "1",
            "PYTHONPATH": str(CHECKOUT),
        }
        yield services, {**os.environ, **own}
    finally:
        children.stop(child)


async def _consume(services: Aws, environment: dict[str, str], folder: Path) -> list[dict[str, Any]]:
    while not await services.is_up():
        await asyncio.sleep(0.05)
    system = _system()
    await resources.create(services, system)
    table = {
        name: {"module": each.module, "attribute": each.attribute, "memory": each.memory, "environment": {}}
        for name, each in system.functions.items()
    }
    log = children.open_log(folder / "workers.log")

    def spawn(theirs: Any) -> Any:
        number = theirs.fileno()
        return children.python("local.workers", [str(number)], environment, log, [number])

    pool = Pool("background", _WORKERS, spawn, table, 1000)
    poller = Poller(services, system, pool, lambda line: print(line, file=sys.stderr))
    await pool.start()
    poller.start()
    try:
        await _told(environment, 300, 0)
        # Many in each transaction, so that the telling is not what is measured.
        burst = await _told(environment, _BURST, 0, a_transaction=100)
        paced = await _told(environment, _PACE * _PACED_SECONDS, _PACE)
    finally:
        await poller.stop(5.0)
        await pool.stop()
    return [{"what": "told to consumed, a burst", **burst}, {"what": f"told to consumed, {_PACE}/s", **paced}]


async def _told(
    environment: dict[str, str], events: int, pace: float, a_transaction: int = 1
) -> dict[str, Any]:
    """Tell events from a process of its own; answer how fast they were consumed, and how late (seconds)."""
    await asyncio.to_thread(_forget_events)
    asked = ("tell", str(events), str(a_transaction), str(pace))
    teller = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.relay", *asked, env=environment, cwd=CHECKOUT
    )
    connection = await psycopg.AsyncConnection.connect(os.environ["JOBS_DATABASE"], autocommit=True)
    async with connection:
        until = time.monotonic() + _PATIENCE_SECONDS
        while (row := await (await connection.execute(_CONSUMED, (_LISTENER,))).fetchone()) and row[
            0
        ] < events:
            if time.monotonic() > until:
                raise TimeoutError(f"{row[0]} of {events} events were consumed")
            await asyncio.sleep(0.2)
    await teller.wait()
    assert row
    return {"events": events, "rate": events / row[1], "p50": row[2], "p95": row[3]}


_CONSUMED = """
    SELECT count(*), extract(epoch FROM max(i.applied_at) - min(e.occurred_at))::float,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM i.applied_at - e.occurred_at))::float,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM i.applied_at - e.occurred_at))::float
      FROM platform.inbox i JOIN platform.outbox_events e ON e.id = i.event_id WHERE i.consumer = %s
"""


def main() -> None:
    """Measure, and print."""
    print(json.dumps(to_nowhere()), flush=True)
    with tempfile.TemporaryDirectory() as made, _services(Path(made)) as (services, environment):
        for line in asyncio.run(_consume(services, environment, Path(made))):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["tell"]:
        forget()
        tell(int(sys.argv[2]), int(sys.argv[3]), pace=float(sys.argv[4]), wakes=True)
    else:
        main()
