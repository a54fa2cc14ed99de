"""mail.queued — the one sender: hands each mail of the outbox to SES at most once, and writes down what became of it."""

from uuid import UUID

from shared.notifications import ses, store
from shared.notifications.branding import mail_brand
from shared.notifications.composing import HandOver, compose
from shared.notifications.events import MailQueuedV1
from shared.notifications.sending import NOBODY_SAW, SENDING_FOR, SendOutcome, Status, after, may_hand_over
from shared.platform.doors import Steps, consumer
from shared.platform.logs import log
from shared.platform.settings import settings
from shared.platform.work import Work

# Mails that nobody may want any more by the time they leave: who had them sent is asked once more.
_REMINDERS = frozenset({"cart_reminder", "cart_second_reminder", "cart_last_reminder"})
_UNWANTED = "no longer wanted when it was to leave"


def record(fact: MailQueuedV1, work: Work) -> HandOver | None:
    mail = store.lock_mail(work, fact.mail_id)
    if mail is None:
        return None
    may = may_hand_over(mail.status, mail.sending_until, work.now)
    if may is None:
        store.end_attempt(work, mail.id, mail.attempts, NOBODY_SAW, Status.UNKNOWN, None)
    if not may:
        return None
    if not _still_wanted(work, mail.id, mail.template):
        store.withdraw(work, mail.id, _UNWANTED)
        return None
    return HandOver(
        mail_id=mail.id,
        attempt=store.start_attempt(work, mail.id, work.now + SENDING_FOR),
        template=mail.template,
        version=mail.template_version,
        locale=mail.locale,
        recipient=mail.recipient,
        variables=mail.variables,
        brand_slug=work.brand.slug,
        brand=mail_brand(work.brand),
    )


def _still_wanted(work: Work, mail_id: UUID, template: str) -> bool:
    if template not in _REMINDERS:
        return True
    # Imported here: most mails are wanted in any case, and every one would pay for it.
    from shared.cart.recovery.mailing import may_leave

    return may_leave(work, mail_id)


def reach(mail: HandOver) -> SendOutcome:
    try:
        message = compose(mail, settings().mail_from)
    except Exception as error:
        # Nothing was handed over, and a mail that cannot be written today cannot be written by trying again.
        log.exception("mail not composed", extra={"mail_id": str(mail.mail_id), "template": mail.template})
        return SendOutcome(result="failed", reason=f"not composed: {type(error).__name__}")
    return ses.hand_over(message)


def settle(mail: HandOver, outcome: SendOutcome, work: Work) -> None:
    status, wait = after(outcome, mail.attempt)
    store.end_attempt(work, mail.mail_id, mail.attempt, outcome, status, work.now + wait if wait else None)
    log.info(
        "mail settled",
        extra={
            "mail_id": str(mail.mail_id),
            "template": mail.template,
            "outcome": outcome.result,
            "why": outcome.reason,
        },
    )


handler = consumer(Steps(record, reach, settle), listens=MailQueuedV1)
