"""Every 1 day: purge_expired"""

from datetime import datetime, timedelta

import pytest

from functions.platform.purge_expired import handler
from shared.billing import retention as billing
from shared.identity import failures
from shared.identity import retention as identity
from shared.identity.link_requests import LinkKind, ask_for_link
from shared.identity.one_time_tokens import Purpose, issue
from shared.identity.sessions import SignedIn, refresh_session
from shared.identity.throttling import FAILURES_BEFORE_LOCK
from shared.kernel.ids import new_id
from shared.notifications import retention as notifications
from shared.notifications.events import MailQueuedV1
from shared.platform import clock, retention
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, session_of
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


def test_what_ways_in_leave_behind_is_forgotten_and_a_lock_is_not(
    brand: Brand, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = customer_account(brand)
    session_of(brand, account)
    with begin(brand, "test") as work:
        issue(work, Purpose.MAGIC_LINK, account.id)
        ask_for_link(work, LinkKind.MAGIC_LINK, account.email)
        failures.count(work, "somebody@maison.example", "192.0.2.1")
        for _ in range(FAILURES_BEFORE_LOCK):
            failures.count(work, account.email, "192.0.2.2")
    tables = ("one_time_tokens", "link_requests", "sign_in_failures", "refresh_tokens")

    def left() -> list[int]:
        with begin(brand, "test") as work:
            return [work.value(f"SELECT count(*) FROM identity.{table}") for table in tables]

    assert left() == [1, 1, 4, 1]
    now = clock.now()
    handler({})
    assert left() == [1, 1, 4, 1]
    _later(monkeypatch, now + identity.LINKS + timedelta(hours=1))
    handler({})
    assert left() == [0, 0, 1, 1]
    _later(monkeypatch, now + identity.LOCKS + timedelta(hours=1))
    handler({})
    assert left() == [0, 0, 0, 0]


def test_a_session_is_forgotten_a_year_after_it_was_last_used(
    brand: Brand, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, now = customer_account(brand), clock.now()
    session_of(brand, account)
    used = session_of(brand, account)
    _later(monkeypatch, now + timedelta(days=20))
    with begin(brand, "test") as work:
        renewed = refresh_session(work, used.refresh_token)
    assert isinstance(renewed, SignedIn)
    for days, left in ((364, 2), (366, 1), (386, 0)):
        _later(monkeypatch, now + timedelta(days=days))
        handler({})
        with begin(brand, "test") as work:
            assert work.value("SELECT count(*) FROM identity.sessions") == left


def test_mails_and_webhooks_are_forgotten_after_their_time_and_what_waits_never(
    brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    with begin(brand, "test") as work:
        for status, settled in (("sent", now), ("queued", None)):
            work.run(
                """INSERT INTO notifications.mails (id, dedupe_key, template, template_version, locale, recipient, variables,
                                                    status, provider_message_id, queued_at, settled_at)
                   VALUES (%(id)s, %(status)s, 'welcome', 1, 'fr', 'ada@example.com', '{}', %(status)s, 'ses', %(now)s, %(settled)s)""",
                id=new_id(now),
                status=status,
                settled=settled,
                now=now,
            )
        work.run(
            """INSERT INTO notifications.mail_sends (mail_id, attempt, started_at, ended_at, outcome)
               SELECT id, 1, %(now)s, %(now)s, 'sent' FROM notifications.mails WHERE status = 'sent'""",
            now=now,
        )
        for name, processed in (("evt_1", now), ("evt_2", None)):
            work.run(
                """INSERT INTO billing.webhook_events (id, provider, event_id, type, payload, received_at, processed_at)
                   VALUES (%(id)s, 'stripe', %(name)s, 'charge.updated', '{}', %(now)s, %(processed)s)""",
                id=new_id(now),
                name=name,
                now=now,
                processed=processed,
            )

    def left() -> list[str]:
        with begin(brand, "test") as work:
            rows = work.all(
                """SELECT status FROM notifications.mails UNION ALL SELECT outcome FROM notifications.mail_sends
                    UNION ALL SELECT event_id FROM billing.webhook_events"""
            )
        return sorted(row.status for row in rows)

    handler({})
    assert left() == ["evt_1", "evt_2", "queued", "sent", "sent"]
    _later(monkeypatch, now + billing.WEBHOOKS)
    handler({})
    assert left() == ["evt_2", "queued", "sent", "sent"]
    _later(monkeypatch, now + notifications.MAILS)
    handler({})
    assert left() == ["evt_2", "queued"]
