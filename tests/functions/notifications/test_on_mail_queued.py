"""The one sender: at most one hand-over per mail, and an honest word about what became of it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from shared.notifications import mails, ses, store
from shared.notifications.sending import NOBODY_SAW, SendOutcome, Status
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.functions.notifications.conftest import Now, deliver, queue_one, told
from tests.functions.notifications.ses_server import SesServer
from tests.killing import Killed
from tests.unit.notifications_samples import ORDER

type Rows = Callable[..., list[Any]]
type DieAt = Callable[[str], None]

MAILS = "SELECT * FROM notifications.mails ORDER BY id"
SENDS = "SELECT * FROM notifications.mail_sends ORDER BY mail_id, attempt"


def test_a_queued_mail_is_sent_in_the_customer_s_language_and_logged(
    provider: SesServer, brand: Brand, rows: Rows
) -> None:
    mail_id = queue_one(brand, locale="en")
    assert deliver(*told(rows)) == []
    (sent,) = provider.taken
    assert sent["Destination"] == {"ToAddresses": ["ada@demo.test"]}
    assert sent["FromEmailAddress"] == "Maison <boutique@maison.example>"
    simple = sent["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "Your order 1042 is confirmed"
    assert "Thank you, Ada!" in simple["Body"]["Html"]["Data"]
    assert "Total paid: €47.80" in simple["Body"]["Text"]["Data"]
    assert {"Name": "X-Template", "Value": "order_confirmation/v1"} in simple["Headers"]
    assert {"Name": "mail", "Value": str(mail_id)} in sent["EmailTags"]
    (mail,) = rows(MAILS)
    assert (mail.status, mail.attempts, mail.provider_message_id) == ("sent", 1, "ses-1")
    (attempt,) = rows(SENDS)
    assert (attempt.mail_id, attempt.outcome, attempt.provider_message_id) == (mail_id, "sent", "ses-1")


def test_a_customer_without_a_language_gets_the_brand_s(
    provider: SesServer, brand: Brand, rows: Rows
) -> None:
    queue_one(brand, locale=None)
    deliver(*told(rows))
    assert provider.taken[0]["Content"]["Simple"]["Subject"]["Data"] == "Votre commande 1042 est confirmée"


def test_one_key_is_one_mail_however_often_it_is_queued(
    provider: SesServer, brand: Brand, rows: Rows
) -> None:
    assert queue_one(brand) == queue_one(brand) == queue_one(brand, to="somebody-else@demo.test")
    assert len(told(rows)) == 1
    deliver(*told(rows))
    assert len(provider.taken) == 1


def test_two_brands_may_use_the_same_key(
    provider: SesServer, brand: Brand, another_brand: Brand, rows: Rows
) -> None:
    assert queue_one(brand) != queue_one(another_brand)
    deliver(*told(rows))
    assert {sent["FromEmailAddress"].split(" <")[0] for sent in provider.taken} == {"Maison", "Ailleurs"}


def test_a_mail_queued_in_a_transaction_that_fails_does_not_exist(
    provider: SesServer, brand: Brand, rows: Rows
) -> None:
    def fail() -> None:
        with begin(brand, "corr-1") as work:
            mails.queue(work, ORDER, to="ada@demo.test", locale="fr", key="order:1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert rows(MAILS) == []
    assert told(rows) == []


def test_the_same_event_ten_times_sends_one_mail(provider: SesServer, brand: Brand, rows: Rows) -> None:
    queue_one(brand)
    assert deliver(*told(rows) * 10) == []
    assert len(provider.taken) == 1


def test_an_address_that_cannot_be_mailed_is_a_failed_mail_and_not_an_error(
    provider: SesServer, brand: Brand, rows: Rows
) -> None:
    queue_one(brand, to="ada@demo.test\r\nBcc: eve@evil.test")
    assert told(rows) == []
    (mail,) = rows(MAILS)
    assert mail.status == "failed"
    assert mail.reason.startswith("unmailable address")


@pytest.mark.parametrize(
    "answer",
    [(400, "MessageRejected"), (400, "BadRequestException"), (400, "AccountSuspendedException")],
    ids=lambda answer: answer[1],
)
def test_a_refused_mail_has_failed_and_is_not_sent_again(
    answer: tuple[int, str], provider: SesServer, brand: Brand, rows: Rows
) -> None:
    provider.next_answers = [answer]
    queue_one(brand)
    assert deliver(*told(rows) * 2) == []
    (mail,) = rows(MAILS)
    assert (mail.status, mail.attempts) == ("failed", 1)
    assert mail.reason == f"{answer[1]}: said {answer[1]}"
    assert provider.asked == 1


@pytest.mark.parametrize("answer", ["hang up", (500, "InternalFailure"), (502, "")], ids=str)
def test_an_answer_that_nobody_understands_is_unknown_and_the_call_is_never_repeated(
    answer: tuple[int, str] | str, provider: SesServer, brand: Brand, rows: Rows
) -> None:
    provider.next_answers = [answer]
    queue_one(brand)
    assert deliver(*told(rows) * 2) == []
    (mail,) = rows(MAILS)
    assert (mail.status, mail.attempts, mail.next_attempt_at) == ("unknown", 1, None)
    assert provider.asked == 1


@pytest.mark.parametrize(
    "answer", [(429, "TooManyRequestsException"), (503, ""), (403, "ExpiredTokenException")]
)
def test_a_provider_without_time_is_asked_again_later(
    answer: tuple[int, str], provider: SesServer, brand: Brand, rows: Rows, now: Now
) -> None:
    provider.next_answers = [answer]
    queue_one(brand)
    assert deliver(*told(rows)) == []
    (mail,) = rows(MAILS)
    assert (mail.status, mail.attempts) == ("queued", 1)
    assert mail.next_attempt_at > now.at
    assert rows(SENDS)[0].outcome == "deferred"


def test_a_provider_that_cannot_be_reached_is_asked_again_later(
    provider: SesServer, brand: Brand, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    queue_one(brand)
    assert deliver(*told(rows)) == []
    (mail,) = rows(MAILS)
    assert mail.status == "queued"
    assert "EndpointConnectionError" in mail.reason


def test_a_death_before_the_call_leaves_an_unknown_mail_that_is_not_sent(
    provider: SesServer, brand: Brand, rows: Rows, now: Now, die_at: DieAt
) -> None:
    queue_one(brand)
    die_at("before_reach")
    with pytest.raises(Killed):
        deliver(*told(rows))
    assert rows(MAILS)[0].status == "sending"
    now.move(minutes=3)
    assert deliver(*told(rows)) == []
    assert (rows(MAILS)[0].status, rows(SENDS)[0].outcome) == ("unknown", "unknown")
    assert provider.asked == 0


@pytest.mark.parametrize("where", ["after_reach", "before_settle"])
def test_a_death_after_the_call_leaves_an_unknown_mail_that_is_not_sent_twice(
    where: str, provider: SesServer, brand: Brand, rows: Rows, now: Now, die_at: DieAt
) -> None:
    queue_one(brand)
    die_at(where)
    with pytest.raises(Killed):
        deliver(*told(rows))
    now.move(minutes=3)
    assert deliver(*told(rows) * 2) == []
    assert rows(MAILS)[0].status == "unknown"
    assert provider.asked == 1


@pytest.mark.parametrize("where", ["after_commit", "before_delete"])
def test_a_death_after_the_outcome_is_written_changes_nothing(
    where: str, provider: SesServer, brand: Brand, rows: Rows, die_at: DieAt
) -> None:
    queue_one(brand)
    die_at(where)
    with pytest.raises(Killed):
        deliver(*told(rows))
    assert deliver(*told(rows)) == []
    assert rows(MAILS)[0].status == "sent"
    assert provider.asked == 1


def test_a_death_before_the_attempt_is_recorded_costs_nothing(
    provider: SesServer, brand: Brand, rows: Rows, die_at: DieAt
) -> None:
    queue_one(brand)
    die_at("before_commit")
    with pytest.raises(Killed):
        deliver(*told(rows))
    assert deliver(*told(rows)) == []
    assert (rows(MAILS)[0].status, provider.asked) == ("sent", 1)


def test_a_twin_delivery_during_the_call_gives_its_message_back_and_the_outcome_is_kept(
    provider: SesServer, brand: Brand, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_one(brand)
    event = told(rows)
    given_back: list[list[str]] = []
    hand_over = ses.hand_over

    def meanwhile(message: Any) -> Any:
        monkeypatch.setattr(ses, "hand_over", hand_over)
        twin = threading.Thread(target=lambda: given_back.append(deliver(*event)))
        twin.start()
        twin.join()
        return hand_over(message)

    monkeypatch.setattr(ses, "hand_over", meanwhile)
    assert deliver(*event) == []
    assert given_back == [["message-0"]]
    assert deliver(*event) == []
    assert (rows(MAILS)[0].status, provider.asked) == ("sent", 1)


def test_an_outcome_and_who_gives_the_sender_up_take_their_locks_in_one_order(
    provider: SesServer, brand: Brand, rows: Rows, die_at: DieAt
) -> None:
    mail_id = queue_one(brand)
    die_at("before_reach")
    with pytest.raises(Killed):
        deliver(*told(rows))

    def settle_late() -> None:
        sent = SendOutcome(result="sent", provider_message_id="late")
        with begin(brand, "late") as late:
            store.end_attempt(late, mail_id, 1, sent, Status.SENT, None)
        close_all()

    settling = threading.Thread(target=settle_late)
    with begin(brand, "gives up") as work:
        store.lock_mail(work, mail_id)
        settling.start()
        settling.join(0.3)
        assert store.end_attempt(work, mail_id, 1, NOBODY_SAW, Status.UNKNOWN, None)
    settling.join()
    assert (rows(MAILS)[0].status, rows(SENDS)[0].outcome) == ("sent", "sent")


def test_a_mail_that_cannot_be_written_has_failed_before_anything_is_handed_over(
    provider: SesServer, brand: Brand, rows: Rows
) -> None:
    queue_one(brand)
    rows("UPDATE notifications.mails SET template_version = 99 RETURNING id")
    assert deliver(*told(rows)) == []
    (mail,) = rows(MAILS)
    assert (mail.status, mail.reason) == ("failed", "not composed: KeyError")
    assert provider.asked == 0


def test_a_mail_of_another_brand_is_not_there(
    provider: SesServer, brand: Brand, another_brand: Brand, rows: Rows
) -> None:
    queue_one(brand)
    (event,) = told(rows)
    assert deliver(event._replace(brand_id=another_brand.id)) == []
    assert provider.asked == 0
    assert rows(MAILS)[0].status == "queued"
