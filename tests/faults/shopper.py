"""A front end as it should be: it repeats what was not answered, with the same Idempotency-Key, and not what was refused."""

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
import orjson

_PAUSE_SECONDS = (0.1, 0.8)
_IN_PROGRESS, _NO_ROUTE = "idempotency_in_progress", "route_not_found"


class GaveUp(Exception):
    """No usable answer came for as long as a buyer waits; `answer` is the last one, if any."""

    def __init__(self, step: str, answer: "Answer | None") -> None:
        super().__init__(f"{step}: {answer.status if answer else 'no answer'}")
        self.step, self.answer = step, answer


class ClosedThePage(Exception):
    """Somebody leaves at the first answer that is none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came. `body` is its JSON, or empty."""

    status: int
    headers: httpx.Headers
    raw: bytes

    @property
    def body(self) -> Any:
        try:
            return orjson.loads(self.raw)
        except orjson.JSONDecodeError:
            return {}

    @property
    def code(self) -> str:
        """A problem's code, or Stripe's."""
        body = self.body
        if not isinstance(body, dict):
            return ""
        error = body.get("error")
        return str(error.get("code")) if isinstance(error, dict) else str(body.get("code", ""))


@dataclass
class Traffic:
    """What all shoppers met together."""

    requests: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    gave_up: Counter[str] = field(default_factory=Counter)


class Shopper:
    """One client of one brand, with `patience` (seconds) for each request."""

    def __init__(
        self, http: httpx.AsyncClient, brand: str, traffic: Traffic, random: Random, patience: float
    ) -> None:
        self._http, self.brand, self._traffic, self.random = http, brand, traffic, random
        self._patience = patience

    async def ask_once(self, step: str, method: str, path: str, body: Any, **how: Any) -> Answer:
        """As `ask`, by somebody who repeats nothing. Raises ClosedThePage."""
        impatient = Shopper(self._http, self.brand, self._traffic, self.random, 0.0)
        try:
            return await impatient.ask(step, method, path, body, **how)
        except GaveUp as gave_up:
            raise ClosedThePage(f"closed the page, {gave_up}") from gave_up

    async def ask(
        self,
        step: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        form: dict[str, str] | None = None,
    ) -> Answer:
        """The answer, once it is neither a 5xx nor "in progress". Raises GaveUp when patience is over."""
        until, last = time.monotonic() + self._patience, None
        sent = {"x-brand": self.brand, **(headers or {})}
        while True:
            self._traffic.requests[step] += 1
            try:
                got = await self._http.request(
                    method, path, json=body, data=form, headers=sent, timeout=httpx.Timeout(35.0)
                )
                last = Answer(got.status_code, got.headers, got.content)
                self._traffic.answers[
                    f"{step}: {last.status} {last.code if last.status >= 400 else ''}".strip()
                ] += 1
                if last.code == _NO_ROUTE:
                    raise AssertionError(f"{method} {path} leads nowhere: the stories are not told any more")
                if last.status < 500 and last.code != _IN_PROGRESS:
                    return last
            except httpx.HTTPError as error:
                self._traffic.answers[f"{step}: {type(error).__name__}"] += 1
            if time.monotonic() > until:
                self._traffic.gave_up[step] += 1
                raise GaveUp(step, last)
            self._traffic.repeated[step] += 1
            await asyncio.sleep(self.random.uniform(*_PAUSE_SECONDS))


async def both[T](*asked: Coroutine[Any, Any, T]) -> list[T]:
    """What both came to, once both are over; the first one's refusal when one is refused."""
    found = await asyncio.gather(*asked, return_exceptions=True)
    came_to: list[T] = []
    for each in found:
        if isinstance(each, BaseException):
            raise each
        came_to.append(each)
    return came_to
