"""The sweep: dead senders' mails become unknown, deferred mails are told again when their time has come."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.notifications import settle_unsent_mails
from shared.notifications import ses
from shared.notifications.sending import MAX_ATTEMPTS
from shared.platform.brands import Brand
from tests.functions.notifications.conftest import Now, deliver, queue_one, told
from tests.functions.notifications.ses_server import SesServer
from tests.killing import Killed

type Rows = Callable[..., list[Any]]
type DieAt = Callable[[str], None]

MAILS = "SELECT * FROM notifications.mails ORDER BY id"
SENDS = "SELECT * FROM notifications.mail_sends ORDER BY mail_id, attempt"


def run() -> dict[str, Any]:
    answer: dict[str, Any] = settle_unsent_mails.handler({}, None)
    return answer


def test_a_mail_whose_sender_died_becomes_unknown_in_every_brand(
    provider: SesServer, brand: Brand, another_brand: Brand, rows: Rows, now: Now, die_at: DieAt
) -> None:
    queue_one(brand)
    queue_one(another_brand)
    for event in told(rows):
        die_at("after_reach")
        with pytest.raises(Killed):
            deliver(event)
    assert run()["processed"] == 0
    now.move(seconds=30)
    assert run() == {"job": "settle_unsent_mails", "processed": 2, "failed": 0, "finished": True}
    assert [mail.status for mail in rows(MAILS)] == ["unknown", "unknown"]
    assert [attempt.outcome for attempt in rows(SENDS)] == ["unknown", "unknown"]
    now.move(days=1)
    assert deliver(*told(rows)) == []
    assert run()["processed"] == 0
    assert provider.asked == 2


def test_a_slow_sender_that_lives_after_all_corrects_the_sweep(
    provider: SesServer, brand: Brand, rows: Rows, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over = ses.hand_over

    def slow(message: Any) -> Any:
        now.move(minutes=5)
        assert run()["processed"] == 1
        assert rows(MAILS)[0].status == "unknown"
        return hand_over(message)

    monkeypatch.setattr(ses, "hand_over", slow)
    queue_one(brand)
    deliver(*told(rows))
    assert (rows(MAILS)[0].status, rows(SENDS)[0].outcome) == ("sent", "sent")


def test_a_deferred_mail_is_told_again_when_due_and_not_before(
    provider: SesServer, brand: Brand, rows: Rows, now: Now
) -> None:
    provider.next_answers = [(429, "TooManyRequestsException")]
    queue_one(brand)
    deliver(*told(rows))
    assert run()["processed"] == 0
    now.move(seconds=31)
    assert run()["processed"] == 1
    assert run()["processed"] == 0
    first, again = told(rows)
    assert first.data == again.data
    assert deliver(again, first, again) == []
    (mail,) = rows(MAILS)
    assert (mail.status, mail.attempts) == ("sent", 2)
    assert [attempt.outcome for attempt in rows(SENDS)] == ["deferred", "sent"]
    assert provider.asked == 2


def test_a_provider_that_never_has_time_makes_a_failed_mail_in_the_end(
    provider: SesServer, brand: Brand, rows: Rows, now: Now
) -> None:
    provider.next_answers = [(503, "ServiceUnavailableException")] * 20
    queue_one(brand)
    for _ in range(20):
        deliver(told(rows)[-1])
        now.move(hours=3)
        run()
    (mail,) = rows(MAILS)
    assert (mail.status, mail.attempts) == ("failed", MAX_ATTEMPTS)
    assert provider.asked == MAX_ATTEMPTS
