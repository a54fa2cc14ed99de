"""The endpoint's door begins a transaction anew that was broken off or overtaken, and tells and reaches nothing twice."""

from threading import Barrier
from typing import Any

import psycopg
import pytest

from shared.platform.brands import Brand
from shared.platform.doors import Steps, endpoint
from shared.platform.events import Event
from shared.platform.models import Outcome, Pending, Request, Response
from shared.platform.overtaking import Overtaken
from shared.platform.work import Work
from tests.functions.test_inventory_interleavings import at_once
from tests.gateway import Answer, Bus, call

PATH = "/v1/turns"
_LOCK = "SELECT pg_advisory_xact_lock(%(key)s)"


class TurnTakenV1(Event):
    name: str


class TakeTurn(Request):
    name: str = "one"


class Turn(Response):
    name: str
    tries: int


class Waits(Pending):
    name: str


class Came(Outcome):
    reached: int


class Unlucky:
    """Fails so many times at each of its transactions, the first `fails` tries, after it has told."""

    def __init__(self, fails: int, error: type[Exception] = Overtaken) -> None:
        self.fails, self.error = fails, error
        self.tries = {"record": 0, "reach": 0, "settle": 0}

    def record(self, ask: TakeTurn, work: Work) -> Waits:
        self._try("record", work)
        return Waits(name=ask.name)

    def reach(self, pending: Waits) -> Came:
        self.tries["reach"] += 1
        return Came(reached=self.tries["reach"])

    def settle(self, pending: Waits, outcome: Came, work: Work) -> Turn:
        self._try("settle", work)
        return Turn(name=pending.name, tries=self.tries["settle"])

    def at_once(self, ask: TakeTurn, work: Work) -> Turn:
        self._try("record", work)
        return Turn(name=ask.name, tries=self.tries["record"])

    def _try(self, which: str, work: Work) -> None:
        work.run("SELECT 1")
        work.tell(TurnTakenV1(name=which))
        self.tries[which] += 1
        if self.tries[which] <= self.fails:
            raise self.error


def ask(handler: Any, brand: Brand, name: str = "one", key: str = "k") -> Answer:
    return call(
        handler, "POST", PATH, {"name": name}, headers={"x-brand": brand.slug, "idempotency-key": key}
    )


def told(bus: Bus) -> list[str]:
    return [detail["data"]["name"] for detail in bus.relay()]


@pytest.mark.parametrize("error", [Overtaken, psycopg.errors.DeadlockDetected])
def test_a_transaction_that_was_broken_off_twice_is_done_once(
    brand: Brand, bus: Bus, error: type[Exception]
) -> None:
    unlucky = Unlucky(2, error)
    handler = endpoint("POST", PATH, unlucky.at_once, status=201)
    answer, again = ask(handler, brand), ask(handler, brand)
    assert (answer.status, answer.body["tries"], again.headers["idempotent-replayed"]) == (201, 3, "true")
    assert told(bus) == ["record"]


def test_one_that_never_ends_well_is_an_honest_503_and_leaves_its_key_free(brand: Brand, bus: Bus) -> None:
    unlucky = Unlucky(3)
    handler = endpoint("POST", PATH, unlucky.at_once, status=201)
    answer = ask(handler, brand)
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (
        503,
        "temporarily_unavailable",
        "1",
    )
    assert told(bus) == []
    assert ask(handler, brand).status == 201


def test_each_transaction_of_a_step_story_is_begun_anew_and_its_provider_reached_once(
    brand: Brand, bus: Bus
) -> None:
    unlucky = Unlucky(2)
    steps = Steps(unlucky.record, unlucky.reach, unlucky.settle)
    handler = endpoint("POST", PATH, steps, status=201, idempotency="required")
    assert ask(handler, brand).status == 201
    assert unlucky.tries == {"record": 3, "reach": 1, "settle": 3}
    assert told(bus) == ["record", "settle"]


def test_two_that_wait_for_each_other_are_both_answered(brand: Brand, bus: Bus) -> None:
    meet, first_tries, answers = Barrier(2), ["one", "two"], []

    def story(ask: TakeTurn, work: Work) -> Turn:
        keys = (1, 2) if ask.name == "one" else (2, 1)
        work.run(_LOCK, key=keys[0])
        if ask.name in first_tries:
            first_tries.remove(ask.name)
            meet.wait(20)
        work.run(_LOCK, key=keys[1])
        work.tell(TurnTakenV1(name=ask.name))
        return Turn(name=ask.name, tries=1)

    handler = endpoint("POST", PATH, story, status=201)

    def take(name: str) -> None:
        answers.append(ask(handler, brand, name, name).status)

    assert at_once([lambda: take("one"), lambda: take("two")]) == [None, None]
    assert answers == [201, 201]
    assert sorted(told(bus)) == ["one", "two"]
