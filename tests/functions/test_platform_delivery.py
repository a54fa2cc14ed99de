"""From the outbox to the consumer: no event lost, no effect doubled, a bad one delays no other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from shared.platform import aws, outbox, relay, settings, steps
from shared.platform.brands import Brand
from shared.platform.database import Role, close_all
from shared.platform.doors import Steps, consumer, wake
from shared.platform.events import Event
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work, begin
from tests.gateway import Bus, batch
from tests.killing import Killed


class BellRungV1(Event):
    times: int


class BellHeardV1(Event):
    times: int


def ring(brand: Brand, *times: int, key: str | None = None) -> None:
    with begin(brand, "tests") as work:
        for each in times:
            work.tell(BellRungV1(times=each), key=key)


def die_at(place: str) -> None:
    def die(name: str, function: str) -> None:
        if name == place:
            raise Killed

    steps.install(die)


def hear(fact: BellRungV1, work: Work) -> None:
    """The effect: one more event, so that it is counted in the database and not in this process."""
    if fact.times < 0:
        raise ValueError("poison")
    work.tell(BellHeardV1(times=fact.times))


listener = consumer(hear, listens=BellRungV1)


def heard(bus: Bus) -> list[int]:
    bus.relay()
    return [detail["data"]["times"] for detail in bus.of("bell.heard")]


def test_an_envelope_says_what_when_whose_and_why(brand: Brand, bus: Bus) -> None:
    ring(brand, 3, key="tower")
    (detail,) = bus.relay()
    assert (detail["type"], detail["version"], detail["key"], detail["correlation_id"]) == (
        "bell.rung",
        1,
        "tower",
        "tests",
    )
    assert (detail["brand_id"], detail["data"]) == (str(brand.id), {"times": 3})


def test_a_rolled_back_change_tells_nothing(brand: Brand, bus: Bus) -> None:
    def fail_late() -> None:
        with begin(brand, "tests") as work:
            work.tell(BellRungV1(times=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_late()
    assert bus.relay() == []


def test_a_relay_killed_between_publish_and_mark_publishes_again(brand: Brand, bus: Bus) -> None:
    ring(brand, 1, 2)
    die_at("after_publish")
    with pytest.raises(Killed):
        relay.relay_batch()
    steps.install(None)
    assert relay.relay_batch() == (0, 0), "another relay must not hurry what the first may still be marking"
    lapse_claims()
    bus.relay()
    assert [detail["data"]["times"] for detail in bus.of("bell.rung")] == [1, 2, 1, 2]
    listener(batch(bus.of("bell.rung")))
    assert heard(bus) == [1, 2]


def lapse_claims() -> None:
    with begin(None, "tests", Role.JOBS) as work:
        work.run("UPDATE platform.outbox_events SET claimed_until = %(past)s", past=work.now - timedelta(1))


def test_a_transaction_that_commits_late_is_not_skipped(brand: Brand, bus: Bus) -> None:
    told, commit = threading.Event(), threading.Event()

    def late() -> None:
        with begin(brand, "tests") as work:
            work.tell(BellRungV1(times=1))
            # Recorded now, so that its place in the outbox is before the other's.
            outbox.record(work)
            work.told.clear()
            told.set()
            assert commit.wait(20)
        close_all()

    thread = threading.Thread(target=late)
    thread.start()
    assert told.wait(20)
    ring(brand, 2)
    assert [detail["data"]["times"] for detail in bus.relay()] == [2]
    commit.set()
    thread.join()
    assert [detail["data"]["times"] for detail in bus.relay()] == [1]


def test_several_relays_publish_each_event_once(brand: Brand, bus: Bus) -> None:
    ring(brand, *range(450))

    def run() -> None:
        while relay.relay_batch()[0]:
            continue
        close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(detail["data"]["times"] for detail in bus.details) == list(range(450))


def test_while_the_bus_is_down_events_wait_and_come_back_with_growing_pauses(brand: Brand, bus: Bus) -> None:
    ring(brand, 1)
    bus.down = True
    assert relay.relay_batch() == (0, 1)
    assert relay.relay_batch() == (0, 0), "it waits for its next attempt"
    bus.down = False
    retry_now()
    assert [detail["data"]["times"] for detail in bus.relay()] == [1]


def retry_now() -> None:
    with begin(None, "tests", Role.JOBS) as work:
        work.run("UPDATE platform.outbox_events SET next_attempt_at = %(past)s", past=work.now - timedelta(1))


def test_an_event_that_cannot_be_published_is_dead_after_twelve_attempts_and_keeps_its_reason(
    brand: Brand, bus: Bus
) -> None:
    ring(brand, 1)
    bus.down = True
    for _ in range(relay.MAX_ATTEMPTS):
        assert relay.relay_batch() == (0, 1)
        retry_now()
    assert relay.relay_batch() == (0, 0)
    with begin(brand, "tests") as work:
        (row,) = work.all("SELECT status, attempts, last_error FROM platform.outbox_events")
    assert (row.status, row.attempts, row.last_error) == ("dead", 12, "the bus is down")


def test_calls_to_the_bus_hold_ten_entries_and_a_quarter_mebibyte_at_most() -> None:
    big = {"Detail": "x" * 100_000, "DetailType": "a.b", "Source": "comptoir"}
    small = big | {"Detail": "{}"}
    assert [len(call) for call in relay._calls([(None, small)] * 25)] == [10, 10, 5]
    assert [len(call) for call in relay._calls([(None, big)] * 5)] == [2, 2, 1]


def test_delivered_twice_and_out_of_order_applied_once(brand: Brand, bus: Bus) -> None:
    ring(brand, 1, 2, 3)
    details = bus.relay()
    for order in (details[::-1], details, details + details):
        assert listener(batch(order)) == {"batchItemFailures": []}
    assert sorted(heard(bus)) == [1, 2, 3]


def test_two_consumers_each_apply_an_event(brand: Brand, bus: Bus) -> None:
    ring(brand, 1)
    details = bus.relay()
    other = consumer(hear, listens=BellRungV1)
    other._function = "tests/other"
    listener(batch(details))
    other(batch(details))
    assert heard(bus) == [1, 1]


def test_a_concurrent_twin_waits_and_then_does_nothing(brand: Brand, bus: Bus) -> None:
    ring(brand, 1)
    details = bus.relay()

    def run() -> None:
        listener(batch(details))
        close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard(bus) == [1]


def test_a_poison_message_fails_alone_and_leaves_its_reason(brand: Brand, bus: Bus) -> None:
    ring(brand, 1, -1, 2)
    event = batch(bus.relay())
    failed = listener(event)["batchItemFailures"]
    assert failed == [{"itemIdentifier": event["Records"][1]["messageId"]}]
    assert heard(bus) == [1, 2]
    listener(event)
    with begin(brand, "tests") as work:
        (row,) = work.all("SELECT consumer, reason, attempts FROM platform.delivery_failures")
    assert (row.consumer, row.reason, row.attempts) == (
        "functions/test_platform_delivery",
        "ValueError: poison",
        2,
    )


@pytest.mark.parametrize("message", ["not json", "{}", '{"detail": {"type": "bell.rung", "version": 99}}'])
def test_a_message_that_is_no_event_fails_alone(brand: Brand, bus: Bus, message: str) -> None:
    ring(brand, 1)
    event = batch([message, *bus.relay()])
    assert len(listener(event)["batchItemFailures"]) == 1
    assert heard(bus) == [1]


def test_an_event_of_a_brand_that_is_gone_fails(brand: Brand, bus: Bus) -> None:
    ring(brand, 1)
    (detail,) = bus.relay()
    nobody = detail | {"brand_id": "01900000-0000-7000-8000-00000000dead"}
    assert len(listener(batch([nobody]))["batchItemFailures"]) == 1


@pytest.mark.parametrize("place", ["before_story", "before_commit", "after_commit", "before_delete"])
def test_a_consumer_killed_anywhere_applies_once(brand: Brand, bus: Bus, place: str) -> None:
    ring(brand, 1)
    details = bus.relay()
    die_at(place)
    with pytest.raises(Killed):
        listener(batch(details))
    steps.install(None)
    listener(batch(details))
    assert heard(bus) == [1]


def test_a_failed_message_comes_back_soon_and_then_later(
    brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def keep(service: str, operation: str, body: dict[str, Any], timeout: float) -> dict[str, Any]:
        asked.append(body)
        return {}

    monkeypatch.setattr(aws, "call", keep)
    for received in (1, 2, 3, 9):
        listener(batch(["{}"], receive_count=received))
    assert [body["VisibilityTimeout"] for body in asked] == [2, 20, 200, 2000]
    assert asked[0]["QueueUrl"].endswith("/000000000000/queue")


def test_an_event_that_comes_too_early_has_those_before_it_applied_first(brand: Brand, bus: Bus) -> None:
    orderly = consumer(hear, listens=BellRungV1, ordered=True)
    ring(brand, 1, 2, 3, key="a")
    ring(brand, 9, key="b")
    first, second, third, other = bus.relay()
    assert orderly(batch([third, other])) == {"batchItemFailures": []}
    assert heard(bus) == [1, 2, 3, 9]
    assert orderly(batch([second, first])) == {"batchItemFailures": []}
    assert heard(bus) == [1, 2, 3, 9]


def test_positions_of_one_key_are_in_the_order_of_commits(brand: Brand, bus: Bus) -> None:
    def tell_second() -> None:
        ring(brand, 2, key="a")
        close_all()

    with ThreadPoolExecutor(1) as elsewhere:
        with begin(brand, "first") as work:
            work.tell(BellRungV1(times=1), key="a")
            outbox.record(work)
            work.told.clear()
            # What is recorded goes with the next statement.
            work.value("SELECT 1")
            later = elsewhere.submit(tell_second)
            with pytest.raises(TimeoutError):
                later.result(0.3)
            assert bus.relay() == []
        later.result(5)
    assert [detail["data"]["times"] for detail in bus.relay()] == [1, 2]


def test_behind_an_event_that_fails_its_key_waits_and_says_for_what_while_others_go_on(
    brand: Brand, bus: Bus
) -> None:
    broken = True

    def hear_unless_broken(fact: BellRungV1, work: Work) -> None:
        if broken and fact.times == 1:
            raise RuntimeError("out of tune")
        hear(fact, work)

    orderly = consumer(hear_unless_broken, listens=BellRungV1, ordered=True)
    ring(brand, 1, 2, key="a")
    ring(brand, 9, key="b")
    first, second, other = bus.relay()
    assert len(orderly(batch([second, other, first]))["batchItemFailures"]) == 2
    assert heard(bus) == [9]
    with begin(brand, "test") as work:
        reason = work.value(
            "SELECT reason FROM platform.delivery_failures WHERE event_id = %(id)s", id=second["id"]
        )
    assert reason == f"WaitsForEarlier: bell.rung {first['id']}: RuntimeError: out of tune"
    broken = False
    assert orderly(batch([second])) == {"batchItemFailures": []}
    assert heard(bus) == [9, 1, 2]


def test_order_is_kept_among_the_versions_that_a_consumer_listens_to(brand: Brand, bus: Bus) -> None:
    orderly = consumer(hear, listens=BellRungV1, ordered=True)
    ring(brand, 1, 2, key="a")
    _, second = bus.relay()
    with begin(brand, "test") as work:
        work.run("UPDATE platform.outbox_events SET version = 7 WHERE id <> %(id)s", id=second["id"])
    assert orderly(batch([second])) == {"batchItemFailures": []}
    assert heard(bus) == [2]


class Posting(Pending):
    times: int


class Posted(Outcome):
    times: int


def posting(reached: list[int]) -> Steps:
    def record(fact: BellRungV1, work: Work) -> Posting | None:
        return Posting(times=fact.times) if fact.times else None

    def reach(pending: Posting) -> Posted:
        reached.append(pending.times)
        return Posted(times=pending.times)

    def settle(pending: Posting, outcome: Posted, work: Work) -> None:
        work.tell(BellHeardV1(times=outcome.times))

    return Steps(record, reach, settle)


@pytest.mark.parametrize(
    "place", ["before_story", "after_reach", "before_settle", "before_commit", "after_commit"]
)
def test_a_consumer_in_steps_killed_anywhere_settles_once(brand: Brand, bus: Bus, place: str) -> None:
    ring(brand, 1, 0)
    details = bus.relay()
    reached: list[int] = []
    handler = consumer(posting(reached), listens=BellRungV1)
    die_at(place)
    with pytest.raises(Killed):
        handler(batch(details))
    steps.install(None)
    for _ in range(2):
        assert handler(batch(details)) == {"batchItemFailures": []}
    assert heard(bus) == [1]
    assert 1 <= len(reached) <= 2


def test_a_wake_up_publishes_all_that_waits(brand: Brand, bus: Bus) -> None:
    ring(brand, *range(250))
    assert wake(relay.relay_next)(batch(["{}"])) == {"batchItemFailures": []}
    assert len(bus.details) == 250


def test_a_commit_that_told_wakes_the_relay_and_survives_a_relay_that_cannot_be_woken(
    brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAY_QUEUE_URL", "http://127.0.0.1:1/queue")
    settings.forget()
    ring(brand, 1)
    listener(batch(bus.relay()))
    assert ("sqs", "SendMessage") in bus.calls

    def down(*_: Any, **__: Any) -> Any:
        raise OSError("unreachable")

    ring(brand, 2)
    details = [detail for detail in bus.relay() if detail["type"] == "bell.rung"]
    monkeypatch.setattr(aws, "call", down)
    assert listener(batch(details)) == {"batchItemFailures": []}


def test_another_brands_event_is_applied_in_that_brand(brand: Brand, another_brand: Brand, bus: Bus) -> None:
    ring(brand, 1)
    ring(another_brand, 2)
    listener(batch(bus.relay()))
    bus.relay()
    assert {(detail["brand_id"], detail["data"]["times"]) for detail in bus.of("bell.heard")} == {
        (str(brand.id), 1),
        (str(another_brand.id), 2),
    }
