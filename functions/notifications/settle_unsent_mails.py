"""Every 1 minute — mails whose sender died become unknown, and deferred mails whose time has come are told again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.notifications import store
from shared.notifications.events import MailQueuedV1
from shared.notifications.sending import NOBODY_SAW
from shared.platform.doors import job
from shared.platform.work import Work

BATCH = 200


def find(work: Work, stuck: list[UUID]) -> list[Any]:
    return store.find_due(work, BATCH, stuck)


def settle_unsent_mails(work: Work, rows: Sequence[Any]) -> int:
    ids = [row.id for row in rows]
    unknown = store.abandon_dead(work, ids, NOBODY_SAW.reason)
    deferred = store.take_deferred(work, ids)
    for mail_id in deferred:
        work.tell(MailQueuedV1(mail_id=mail_id))
    return unknown + len(deferred)


handler = job("settle_unsent_mails", settle_unsent_mails, every="1 minute", find=find)
