"""The facts that notifications tell."""

from uuid import UUID

from shared.platform.events import Event


class MailQueuedV1(Event):
    """A mail waits in `notifications.mails` to be sent, for the first time or once more."""

    mail_id: UUID
