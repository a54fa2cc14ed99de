"""Mails: the one way in for other contexts. What is queued here commits with their change, or not at all."""

from uuid import UUID

from shared.kernel.ids import new_id
from shared.notifications import store
from shared.notifications.addresses import UnmailableAddress, mailable
from shared.notifications.events import MailQueuedV1
from shared.notifications.sealing import written_variables
from shared.notifications.sending import Status
from shared.notifications.variables import MailVariables
from shared.platform.work import Work

_LONGEST_KEY = 200


def queue(work: Work, variables: MailVariables, *, to: str, locale: str | None, key: str) -> UUID:
    """Have one mail sent after this transaction commits; answers its id.

    The template and its version are those of `variables`. `locale` is the customer's (None: the brand's).
    `key` names the step that this mail belongs to ("order_confirmation:<order id>"): however often and from however many
    deliveries it is queued, a brand has one mail per key, the first. An address that cannot be mailed does not undo the
    caller's change: the mail is written down as failed, with the reason. Raises ValueError for a bad key.
    """
    if not 0 < len(key) <= _LONGEST_KEY:
        raise ValueError(f"a mail's key has 1 to {_LONGEST_KEY} characters")
    try:
        recipient, status, reason = mailable(to), Status.QUEUED, None
    except UnmailableAddress as error:
        recipient, status, reason = to, Status.FAILED, f"unmailable address: {error}"
    mail_id = new_id(work.now)
    written = store.insert(
        work,
        mail_id,
        key=key,
        template=variables.template,
        version=variables.version,
        locale=locale or work.brand.locale,
        recipient=recipient,
        variables=written_variables(mail_id, variables),
        status=status,
        reason=reason,
    )
    if not written:
        return store.id_of(work, key)
    if status is Status.QUEUED:
        work.tell(MailQueuedV1(mail_id=mail_id))
    return mail_id
