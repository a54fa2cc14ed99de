"""What SQS has no operation for, next to ministack's own queues: wait on many queues at once, count all of them."""

import asyncio
import contextlib
import time
from typing import Any

from ministack.services import sqs

_IDLE_SECONDS = 1.0
_RECEIVE_ALL = {"AttributeNames": ["All"], "MessageAttributeNames": ["All"], "WaitTimeSeconds": 0}


class Queues:
    """Every queue of this ministack, through its own receive and redrive functions (the pinned version's, see the tests)."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._turn = 0
        self._is_closing = False

    def close(self) -> None:
        """Let nobody wait any longer."""
        self._is_closing = True
        self.touch()

    def touch(self) -> None:
        """Something may have been sent: whoever waits looks again."""
        self._changed.set()

    def reveal(self) -> None:
        """Show every message now, also those that are being worked on."""
        now = time.time()
        for queue in sqs._queues.values():
            for message in queue["messages"]:
                message["visible_at"] = min(message["visible_at"], now)
        self.touch()

    async def receive(
        self, wanted: dict[str, int], batches: int, seconds: float
    ) -> dict[str, list[dict[str, Any]]]:
        """Messages of at most `batches` of the wanted queues, as soon as any has some, at the latest after `seconds`.

        `wanted` says how many messages a queue may give at once.
        """
        deadline = time.monotonic() + seconds
        while True:
            self._changed.clear()
            found, next_visible = await self._take(wanted, batches)
            left = deadline - time.monotonic()
            if found or left <= 0 or self._is_closing:
                return found
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), min(left, next_visible, _IDLE_SECONDS))

    async def _take(
        self, wanted: dict[str, int], batches: int
    ) -> tuple[dict[str, list[dict[str, Any]]], float]:
        """What is there now, beginning with another queue each time; and in how many seconds more becomes visible."""
        found: dict[str, list[dict[str, Any]]] = {}
        now, soonest = time.time(), _IDLE_SECONDS
        known = {queue["name"]: (url, queue) for url, queue in sqs._queues.items()}
        names = list(wanted)
        self._turn += 1
        for offset in range(len(names)):
            name = names[(self._turn + offset) % len(names)]
            url, queue = known.get(name, ("", {}))
            waits = [message["visible_at"] - now for message in queue.get("messages", ())]
            if not waits:
                continue
            first = min(waits)
            if first > 0:
                soonest = min(soonest, first)
                continue
            if len(found) == batches:
                break
            asked = {"QueueUrl": url, "MaxNumberOfMessages": wanted[name], **_RECEIVE_ALL}
            received = (await sqs._act_receive_message(asked, url)).get("Messages")
            if received:
                found[name] = received
        return found, max(soonest, 0.005)

    def depths(self) -> dict[str, dict[str, int]]:
        """Visible, in flight and delayed messages of every queue."""
        counted = {}
        for queue in sqs._queues.values():
            sqs._refresh_counts(queue)
            attributes = queue["attributes"]
            counted[queue["name"]] = {
                "visible": int(attributes["ApproximateNumberOfMessages"]),
                "in_flight": int(attributes["ApproximateNumberOfMessagesNotVisible"]),
                "delayed": int(attributes["ApproximateNumberOfMessagesDelayed"]),
            }
        return counted
