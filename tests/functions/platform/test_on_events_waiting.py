"""A commit that told events: on_events_waiting"""

import psycopg
import pytest

from functions.platform.on_events_waiting import handler
from shared.kernel.ids import new_id
from shared.notifications.events import MailQueuedV1
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Bus, batch


def test_any_number_of_wake_ups_publishes_what_waits_once(brand: Brand, bus: Bus) -> None:
    with begin(brand, "test") as work:
        work.tell(MailQueuedV1(mail_id=new_id(work.now)))
    assert handler(batch(["{}", "{}", "nonsense"])) == {"batchItemFailures": []}
    assert len(bus.details) == 1


def test_a_wake_up_is_never_a_failure(brand: Brand, bus: Bus) -> None:
    with begin(brand, "test") as work:
        work.tell(MailQueuedV1(mail_id=new_id(work.now)))
    bus.down = True
    assert handler(batch(["{}"])) == {"batchItemFailures": []}


def test_nor_is_one_that_finds_the_database_away(
    brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begin(brand, "test") as work:
        work.tell(MailQueuedV1(mail_id=new_id(work.now)))

    def away() -> bool:
        raise psycopg.OperationalError("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(handler, "story", away)
        assert handler(batch(["{}"])) == {"batchItemFailures": []}
    assert handler(batch(["{}"])) == {"batchItemFailures": []}
    assert len(bus.details) == 1
