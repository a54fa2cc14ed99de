"""Fixtures: the local AWS services themselves, for functions that read, move and keep what lies there."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from local import children
from local.aws import process
from local.clock import MovableClock
from local.files import Files
from shared.platform import aws, dead_letters, settings


@dataclass(frozen=True, slots=True)
class Queues:
    """The queues of a stage of its own, by their names without it."""

    stage: str

    def add(self, *names: str) -> None:
        """Make queues."""
        for name in names:
            aws.call("sqs", "CreateQueue", {"QueueName": f"{self.stage}-{name}"})

    def send(self, name: str, body: Any, **attributes: str) -> None:
        """Put a message into a queue; `body` as JSON unless it is text."""
        told = {key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()}
        aws.call(
            "sqs",
            "SendMessage",
            {
                "QueueUrl": self.url(name),
                "MessageBody": body if isinstance(body, str) else json.dumps(body),
                "MessageAttributes": told,
            },
        )

    def take(self, name: str) -> list[Any]:
        """Every message that is there and visible, taken out: what its body says, as JSON where it is."""
        bodies = []
        asked = {"QueueUrl": self.url(name), "MaxNumberOfMessages": 10}
        while messages := aws.call("sqs", "ReceiveMessage", asked).get("Messages"):
            for message in messages:
                bodies.append(_read(message["Body"]))
                told = {"QueueUrl": self.url(name), "ReceiptHandle": message["ReceiptHandle"]}
                aws.call("sqs", "DeleteMessage", told)
        return bodies

    def url(self, name: str) -> str:
        """A queue's address."""
        return str(aws.call("sqs", "GetQueueUrl", {"QueueName": f"{self.stage}-{name}"})["QueueUrl"])


def _read(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


@pytest.fixture(scope="session")
def local_aws_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the local AWS services answer."""
    folder = tmp_path_factory.mktemp("aws")
    port = Files(folder).port_for("aws")
    child = process.start(folder, port, MovableClock(folder / "clock").file, folder / "aws.log")
    url = f"http://127.0.0.1:{port}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", url)
        settings.forget()
        while True:
            try:
                aws.call("sqs", "ListQueues", {})
                break
            except (OSError, aws.AwsError):
                assert child.poll() is None, (folder / "aws.log").read_text()
                time.sleep(0.05)
    settings.forget()
    yield url
    children.stop(child)


@pytest.fixture
def local_aws(local_aws_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The functions' AWS services are the local ones."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_aws_url)
    monkeypatch.setenv("AWS_REGION", process.REGION)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    assert "AWS_PROFILE" not in os.environ
    settings.forget()
    yield local_aws_url
    settings.forget()


@pytest.fixture
def queues(local_aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    """A stage without any queue."""
    stage = f"t{uuid4().hex[:8]}"
    monkeypatch.setenv("STAGE", stage)
    # Here is one server, which knows all there is.
    monkeypatch.setattr(dead_letters, "_WAIT_SECONDS", 0)
    settings.forget()
    yield Queues(stage)
    settings.forget()
