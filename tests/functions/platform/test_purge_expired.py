"""Every 1 day: purge_expired"""

from datetime import datetime, timedelta

import pytest

from functions.platform.purge_expired import handler
from shared.kernel.ids import new_id
from shared.notifications.events import MailQueuedV1
from shared.platform import clock, retention
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Bus


def test_told_events_are_forgotten_after_their_time_and_waiting_ones_never(
    brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begin(brand, "test") as work:
        work.tell(MailQueuedV1(mail_id=new_id(work.now)))
    bus.relay()
    with begin(brand, "test") as work:
        work.tell(MailQueuedV1(mail_id=new_id(work.now)))
    assert handler({})["processed"] == 0
    _later(monkeypatch, clock.now() + retention.EVENTS + timedelta(minutes=1))
    assert handler({}) == {"job": "purge_expired", "processed": 1, "failed": 0, "finished": True}
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM platform.outbox_events") == 1


def _later(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)
