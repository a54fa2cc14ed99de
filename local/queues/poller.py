"""Polls every queue that feeds a function, in one long poll, and hands batches to workers as they get free.

Partial failures, visibility and redrive follow Lambda's and SQS's rules: what succeeded is deleted, what failed stays
and comes back, until SQS moves it to the dead-letter queue.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from local.aws.client import Aws, AwsFailed
from local.aws.process import REGION
from local.http_client import Unreachable
from local.templates.stack import ACCOUNT
from local.templates.system import EventSource, System
from local.workers.invoke import FunctionFailed, invoke
from local.workers.pool import Pool

_POLL_SECONDS = 20.0
_PAUSE_SECONDS = 0.5
_MOST_MESSAGES = 10


class Poller:
    """Feeds `pool` from the queues of `system`; `told` hears of failed batches, `handled` counts all."""

    def __init__(self, aws: Aws, system: System, pool: Pool, told: Callable[[str], None]) -> None:
        self._aws, self._system, self._pool, self._told = aws, system, pool, told
        self._sources = {source.queue: source for source in system.sources}
        self._running: Counter[str] = Counter()
        self._batches: set[asyncio.Task[None]] = set()
        self._freed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.handled = 0

    def start(self) -> None:
        """Begin to poll."""
        if self._sources:
            self._task = asyncio.create_task(self._poll())

    def check(self) -> None:
        """Raises what ended the polling, which should never end by itself."""
        if self._task and self._task.done():
            self._task.result()

    def is_quiet(self) -> bool:
        """Whether no batch is being handled."""
        return not self._batches

    async def stop(self, seconds: float) -> None:
        """Poll no more; what runs may finish within `seconds`, its messages stay where they are otherwise."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._batches:
            _, unfinished = await asyncio.wait(self._batches, timeout=seconds)
            for batch in unfinished:
                batch.cancel()

    async def _poll(self) -> None:
        while True:
            await self._wait_for_room()
            room, wanted = self._pool.size - len(self._batches), self._wanted()
            # A queue whose function may not run more often joins again soon after that function ends.
            seconds = _POLL_SECONDS if len(wanted) == len(self._sources) else _PAUSE_SECONDS
            asked = {"queues": wanted, "batches": room, "seconds": seconds}
            try:
                received = await self._aws.own("receive", asked, _POLL_SECONDS + 10)
            except (AwsFailed, Unreachable) as error:
                self._told(f"queues: {error}")
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            for queue, messages in received.items():
                batch = asyncio.create_task(self._handle(self._sources[queue], messages))
                self._batches.add(batch)
                batch.add_done_callback(self._finished)

    async def _wait_for_room(self) -> None:
        while len(self._batches) >= self._pool.size or not self._wanted():
            self._freed.clear()
            await self._freed.wait()

    def _wanted(self) -> dict[str, int]:
        return {
            source.queue: min(source.batch_size, _MOST_MESSAGES)
            for source in self._sources.values()
            if self._running[source.function] < (source.maximum_concurrency or self._pool.size)
        }

    def _finished(self, batch: "asyncio.Task[None]") -> None:
        self._batches.discard(batch)
        self.handled += 1
        self._freed.set()
        if not batch.cancelled() and (error := batch.exception()):
            self._told(f"queues: {error!r}")

    async def _handle(self, source: EventSource, messages: list[dict[str, Any]]) -> None:
        function = self._system.functions[source.function]
        self._running[source.function] += 1
        try:
            event = {"Records": [_record(source.queue, message) for message in messages]}
            result = await invoke(self._pool, function, event)
            await self._delete(source.queue, _succeeded(source, messages, result))
        except FunctionFailed as failed:
            self._told(f"{failed} ({len(messages)} messages stay in {source.queue})")
        finally:
            self._running[source.function] -= 1

    async def _delete(self, queue: str, messages: list[dict[str, Any]]) -> None:
        if messages:
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ]
            url = f"{self._aws.url}/{ACCOUNT}/{queue}"
            await self._aws.call("sqs", "DeleteMessageBatch", {"QueueUrl": url, "Entries": entries})


def _record(queue: str, message: dict[str, Any]) -> dict[str, Any]:
    """A message as Lambda passes it on."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {
                "stringValue": value.get("StringValue"),
                "binaryValue": value.get("BinaryValue"),
                "dataType": value.get("DataType"),
            }
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "awsRegion": REGION,
    }


def _succeeded(source: EventSource, messages: list[dict[str, Any]], result: Any) -> list[dict[str, Any]]:
    """The messages to delete: all, or those that a partial answer does not name; none when the answer is malformed."""
    if not source.reports_failures or not isinstance(result, dict) or not result.get("batchItemFailures"):
        return messages
    named = [
        failure.get("itemIdentifier") for failure in result["batchItemFailures"] if isinstance(failure, dict)
    ]
    if set(named) - {message["MessageId"] for message in messages}:
        return []
    return [message for message in messages if message["MessageId"] not in named]
