"""Messages as EventBridge puts them into queues: told again, found dead, redriven."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
import psycopg

from local import environment
from local.aws.client import Aws
from local.aws.process import REGION
from local.files import CHECKOUT
from local.templates import reader
from local.templates.stack import ACCOUNT, Place
from shared.migrations.provision import DatabaseUrls
from tests.faults.troubles import LISTENER

DEAD, UNDELIVERED = "-dead", "-undelivered"
STAGE = f"{environment.STAGE}-"
LISTENER_QUEUE, WOKEN_QUEUE = "faults-listener", f"{STAGE}platform-on-events-waiting"
# What is no brand's own is not for its staff to send back.
NOBODYS = (LISTENER_QUEUE + DEAD, WOKEN_QUEUE + DEAD)
# As every queue of ours (functions/_generate/templates.py).
_RECEIVES = 5
_TOLD = """
    SELECT id, brand_id, type, version, key, position, data, occurred_at, correlation_id FROM platform.outbox_events
     ORDER BY md5(id::text || %(salt)s) LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Lying:
    """A message that lies in a dead-letter queue. `consumer` is what the inbox calls the function that gave it up."""

    queue: str
    consumer: str
    event_id: str
    message_id: str
    body: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Wire:
    """An event type that reaches a consumer (as the inbox calls it) through a queue."""

    type: str
    consumer: str
    queue: str


@cache
def wires() -> tuple[Wire, ...]:
    """Every way of an event to a consumer, by the templates."""
    nowhere = DatabaseUrls("", "", "")
    parameters = environment.parameters(environment.Settings("", "", "", nowhere, "", ""))
    system = reader.read(CHECKOUT, Place(REGION, "", environment.STAGE), parameters)
    fed = {system.functions[one.function].consumer_name: one.queue for one in system.sources}
    return tuple(Wire(one.type, one.consumer, fed[one.consumer]) for one in system.listeners())


def consumer_of(queue: str) -> str:
    """What the inbox calls the consumer of a queue: `orders-on-order-paid` → `orders/on_order_paid`."""
    context, _, name = queue.removeprefix(STAGE).partition("-")
    return f"{context}/{name.replace('-', '_')}"


def listeners() -> list[dict[str, str]]:
    """The same for SQL: rows of `type` and `consumer`."""
    return [{"type": wire.type, "consumer": wire.consumer} for wire in wires()]


async def subscribe_listener(aws: Aws) -> None:
    """Make the listener's queue, which gets every event of ours, and its dead-letter queue."""
    await aws.call("sqs", "CreateQueue", {"QueueName": LISTENER_QUEUE + DEAD})
    dead = {"deadLetterTargetArn": _arn(LISTENER_QUEUE + DEAD), "maxReceiveCount": _RECEIVES}
    attributes = {"RedrivePolicy": orjson.dumps(dead).decode()}
    await aws.call("sqs", "CreateQueue", {"QueueName": LISTENER_QUEUE, "Attributes": attributes})
    buses = (await aws.call("events", "ListEventBuses", {}))["EventBuses"]
    rule = {"EventBusName": next(bus["Name"] for bus in buses if bus["Name"] != "default")}
    named = {"Name": LISTENER_QUEUE, "EventPattern": '{"source":["comptoir"]}', "State": "ENABLED"}
    await aws.call("events", "PutRule", rule | named)
    target = {"Id": "1", "Arn": _arn(LISTENER_QUEUE)}
    await aws.call("events", "PutTargets", rule | {"Rule": LISTENER_QUEUE, "Targets": [target]})


async def told(admin: psycopg.AsyncConnection, salt: str, limit: int) -> list[tuple[str, str]]:
    """So many of all committed events: (type, message body). `salt` decides which."""
    rows = await (await admin.execute(_TOLD, {"salt": salt, "limit": limit})).fetchall()
    return [(row[2], _body(*row)) for row in rows]


def _body(
    id: Any,
    brand: Any,
    type: str,
    version: int,
    key: Any,
    position: int,
    data: Any,
    at: Any,
    correlation: str,
) -> str:
    detail = {
        "id": str(id),
        "type": type,
        "version": version,
        "brand_id": str(brand),
        "occurred_at": at.isoformat(),
        "correlation_id": correlation,
        "key": key,
        "position": position,
        "data": data,
    }
    return orjson.dumps({"source": "comptoir", "detail-type": type, "detail": detail}).decode()


async def send(aws: Aws, queue: str, body: str, delay: int = 0) -> None:
    """Put a message into a queue, visible after `delay` seconds."""
    message = {"QueueUrl": _url(aws, queue), "MessageBody": body, "DelaySeconds": delay}
    await aws.call("sqs", "SendMessage", message)


async def dead_letters(aws: Aws) -> list[Lying]:
    """What lies in the dead-letter queues; it stays there, hidden for a moment."""
    fed = {wire.queue: wire.consumer for wire in wires()}
    consumers = fed | {LISTENER_QUEUE: LISTENER, WOKEN_QUEUE: consumer_of(WOKEN_QUEUE)}
    found = []
    for queue, consumer in consumers.items():
        asked = {"QueueUrl": _url(aws, queue + DEAD), "MaxNumberOfMessages": 10, "VisibilityTimeout": 60}
        while batch := (await aws.call("sqs", "ReceiveMessage", asked)).get("Messages", []):
            for message in batch:
                # A wake-up is no event.
                detail = orjson.loads(message["Body"]).get("detail", {"id": "no event"})
                receipt = message["ReceiptHandle"]
                found.append(
                    Lying(
                        queue + DEAD, consumer, detail["id"], message["MessageId"], message["Body"], receipt
                    )
                )
    return found


async def redrive(aws: Aws, letter: Lying) -> None:
    """Give it back to its consumer, as the documented redrive does."""
    await send(aws, letter.queue.removesuffix(DEAD), letter.body)
    url = _url(aws, letter.queue)
    await aws.call("sqs", "DeleteMessage", {"QueueUrl": url, "ReceiptHandle": letter.receipt})


def _arn(queue: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"


def _url(aws: Aws, queue: str) -> str:
    return f"{aws.url}/{ACCOUNT}/{queue}"
