"""Queues and mails by the local AWS services themselves: batches, partial failures, redrive, fan-out, capture."""

import asyncio
import base64
import json
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import orjson
import uvloop

from local import children
from local.aws import process, resources
from local.aws.client import Aws, AwsFailed, credential
from local.aws.mailbox import Mailbox
from local.clock import MovableClock
from local.files import Files
from local.queues.poller import Poller
from local.templates.stack import ACCOUNT
from local.templates.system import Bucket, EventSource, Queue, Rule, System, Table
from tests.local import runner_parts

ARN = f"arn:aws:sqs:{process.REGION}:{ACCOUNT}:"
TAKE = runner_parts.function("take")
_ARRIVED = {
    "source": ["aws.s3"],
    "detail-type": ["Object Created"],
    "detail": {"bucket": {"name": ["files"]}, "object": {"key": [{"prefix": "uploads/images/"}]}},
}


@asynccontextmanager
async def services(folder: Path) -> AsyncIterator[Aws]:
    port = Files(folder).port_for("aws")
    clock = MovableClock(folder / "clock")
    child: subprocess.Popen[bytes] = process.start(folder, port, clock.file, folder / "aws.log")
    aws = Aws(port)
    try:
        while not await aws.is_up():
            assert child.poll() is None, (folder / "aws.log").read_text()
            await asyncio.sleep(0.02)
        yield aws
    finally:
        aws.http.close()
        children.stop(child)


def system(visibility: int = 1, receives: int = 2) -> System:
    redrive = json.dumps({"deadLetterTargetArn": f"{ARN}taken-dead", "maxReceiveCount": receives})
    attributes = {"VisibilityTimeout": str(visibility), "RedrivePolicy": redrive}
    made = System(
        functions={TAKE.name: TAKE},
        queues={"taken": Queue("taken", attributes), "taken-dead": Queue("taken-dead", {})},
        sources=[EventSource(TAKE.name, "taken", 10, reports_failures=True)],
        buses=["shop"],
        rules=[
            Rule("paid", "shop", {"detail-type": ["order.paid"]}, [{"Id": "queue", "Arn": f"{ARN}taken"}]),
            Rule("arrived", "default", _ARRIVED, [{"Id": "queue", "Arn": f"{ARN}taken"}]),
        ],
        tables={
            "counters": Table(
                "counters",
                {
                    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                },
                "gone",
            )
        },
        buckets=[Bucket("media"), Bucket("files", tells=True)],
        topics=["alarms"],
    )
    return made


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while True:
            found = holds()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.02)


async def send(aws: Aws, *bodies: str) -> None:
    url = f"{aws.url}/{ACCOUNT}/taken"
    for body in bodies:
        await aws.call("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": body})


def test_what_is_sent_is_taken_once_and_what_fails_comes_back_until_it_is_dead(tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.touch()

    async def story() -> None:
        async with services(tmp_path) as aws, runner_parts.pool(2, TAKE, NOTE=str(note)) as pool:
            await resources.create(aws, system())
            poller = Poller(aws, system(), pool, print)
            poller.start()
            await send(aws, *(f"good {number}" for number in range(25)), "bad")

            async def is_dead() -> bool:
                return bool((await aws.own("depths"))["taken-dead"]["visible"] == 1)

            await until(is_dead)
            depths = await aws.own("depths")
            assert depths["taken"] == {"visible": 0, "in_flight": 0, "delayed": 0}
            await poller.stop(5)

    uvloop.run(story())
    lines = note.read_text().splitlines()
    assert sorted(lines) == sorted([*(f"good {number}" for number in range(25)), "bad", "bad"])


def test_an_event_reaches_the_queue_of_its_rule_and_no_other(tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.touch()

    async def story() -> None:
        async with services(tmp_path) as aws, runner_parts.pool(1, TAKE, NOTE=str(note)) as pool:
            # Twice: a restart finds everything there.
            for _ in range(2):
                await resources.create(aws, system())
            poller = Poller(aws, system(), pool, print)
            poller.start()
            entries = [
                {
                    "EventBusName": "shop",
                    "Source": "comptoir",
                    "DetailType": kind,
                    "Detail": json.dumps({"id": kind}),
                }
                for kind in ("order.cancelled", "order.paid")
            ]
            await aws.call("events", "PutEvents", {"Entries": entries})
            await until(note.read_text)
            await poller.stop(5)

    uvloop.run(story())
    (line,) = note.read_text().splitlines()
    assert json.loads(line)["detail"] == {"id": "order.paid"}


def test_a_file_that_arrives_reaches_the_queue_of_its_kind(tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.touch()

    async def story() -> None:
        async with services(tmp_path) as aws, runner_parts.pool(1, TAKE, NOTE=str(note)) as pool:
            await resources.create(aws, system())
            poller = Poller(aws, system(), pool, print)
            poller.start()
            signed = [("authorization", credential("s3"))]
            for place in ("media/uploads/images/a", "files/uploads/imports/b", "files/uploads/images/c"):
                assert (await aws.http.request("PUT", f"/{place}", signed, b"x")).status == 200
            await until(note.read_text)
            await poller.stop(5)

    uvloop.run(story())
    (line,) = note.read_text().splitlines()
    assert json.loads(line)["detail"]["object"]["key"] == "uploads/images/c"


def test_a_service_that_is_made_to_fail_fails_and_recovers(tmp_path: Path) -> None:
    async def story() -> None:
        async with services(tmp_path) as aws:
            await resources.create(aws, system())
            await aws.own("faults", {"sqs": "down"})
            refused = await asyncio.gather(send(aws, "one"), return_exceptions=True)
            assert isinstance(refused[0], AwsFailed)
            await aws.own("faults", {"sqs": "lost"})
            lost = await asyncio.gather(send(aws, "two"), return_exceptions=True)
            assert isinstance(lost[0], AwsFailed)
            assert await aws.own("faults", {"sqs": "up"}) == {}
            # Only the second one had its effect.
            assert (await aws.own("depths"))["taken"]["visible"] == 1

    uvloop.run(story())


def test_objects_and_mails_survive_a_restart(tmp_path: Path) -> None:
    signed = [("authorization", credential("s3"))]

    async def put() -> None:
        async with services(tmp_path) as aws:
            await resources.create(aws, system())
            await aws.http.request("PUT", "/media/a/b.png", [*signed, ("content-type", "image/png")], b"png")
            await mail(aws)

    async def get() -> tuple[str, bytes]:
        async with services(tmp_path) as aws:
            await resources.create(aws, system())
            answer = await aws.http.request("GET", "/media/a/b.png", signed)
            return answer.header("content-type"), answer.body

    uvloop.run(put())
    assert uvloop.run(get()) == ("image/png", b"png")
    (kept,) = Mailbox(tmp_path / "mail.jsonl").find()
    assert kept["subject"] == "Merci"


async def mail(aws: Aws, **changes: Any) -> None:
    call = {
        "FromEmailAddress": "Shop <shop@demo.test>",
        "Destination": {"ToAddresses": ["ada@demo.test"]},
        "Content": {
            "Simple": {
                "Subject": {"Data": "Merci"},
                "Body": {
                    "Text": {"Data": "Voir https://shop.test/orders/1 ."},
                    "Html": {"Data": '<a href="https://shop.test/orders/1?a=1&amp;b=2">Voir</a>'},
                },
                "Headers": [{"Name": "X-Template", "Value": "order_confirmation/v1"}],
            }
        },
        "EmailTags": [{"Name": "template", "Value": "order_confirmation"}],
        **changes,
    }
    headers = [("authorization", credential("ses")), ("content-type", "application/json")]
    answer = await aws.http.request("POST", "/v2/email/outbound-emails", headers, orjson.dumps(call))
    assert answer.status == 200, answer.body


def test_a_mail_is_captured_whole_in_every_way_it_can_be_sent(tmp_path: Path) -> None:
    raw = EmailMessage()
    raw["From"], raw["To"], raw["Subject"] = "shop@demo.test", "bob@demo.test", "Reçu"
    raw.set_content("Bonjour")
    raw.add_alternative("<p>Bonjour</p>", subtype="html")
    mime = base64.b64encode(raw.as_bytes()).decode()

    async def story() -> None:
        async with services(tmp_path) as aws:
            await mail(aws)
            to_bob = {"ToAddresses": ["bob@demo.test"]}
            await mail(aws, Content={"Raw": {"Data": mime}}, Destination=to_bob, EmailTags=[])

    uvloop.run(story())
    mailbox = Mailbox(tmp_path / "mail.jsonl")
    newest, oldest = mailbox.find()
    assert (newest["to"], newest["subject"], newest["text"].strip()) == ("bob@demo.test", "Reçu", "Bonjour")
    assert "<p>Bonjour</p>" in newest["html"]
    assert oldest["links"] == ["https://shop.test/orders/1?a=1&b=2", "https://shop.test/orders/1"]
    assert (oldest["from"], oldest["template"]) == ("Shop <shop@demo.test>", "order_confirmation")
    assert oldest["headers"] == {"X-Template": "order_confirmation/v1"}
    assert [found["subject"] for found in mailbox.find(to="ADA@demo.test")] == ["Merci"]
    assert mailbox.find(template="order_confirmation") == [oldest]
