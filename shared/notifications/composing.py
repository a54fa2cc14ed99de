"""From a mail of the outbox to the message that the provider is handed."""

from uuid import UUID

from shared.notifications.addresses import UnmailableAddress, mailable, sender
from shared.notifications.rendering import render
from shared.notifications.sealing import read_variables
from shared.notifications.ses import Message
from shared.notifications.templates import model_of
from shared.notifications.variables import MailBrand, MailVariables, Unsubscribable
from shared.platform.models import Pending


class HandOver(Pending):
    """One attempt to hand a mail over. `variables` are those of the template and version, as JSON text."""

    mail_id: UUID
    attempt: int
    template: str
    version: int
    locale: str
    recipient: str
    variables: str
    brand_slug: str
    brand: MailBrand


def compose(mail: HandOver, mail_from: str) -> Message:
    """Render the mail and address it from `mail_from` in the brand's name.

    Raises KeyError for a template version that this code does not have, pydantic.ValidationError for variables that are
    not its own, encryption.Unsealable for sealed ones that are another mail's, UnmailableAddress when `mail_from` is none.
    """
    variables = read_variables(mail.mail_id, model_of(mail.template, mail.version), mail.variables)
    content = render(mail.locale, variables, mail.brand)
    return Message(
        sender=sender(mail.brand.name, mail_from),
        recipient=mail.recipient,
        subject=content.subject,
        html=content.html,
        text=content.text,
        reply_to=_contact(mail.brand),
        headers={
            "X-Template": f"{mail.template}/v{mail.version}",
            # Keeps mail clients from folding two orders' confirmations into one conversation.
            "X-Entity-Ref-ID": str(mail.mail_id),
            # RFC 3834: holiday replies do not answer this.
            "Auto-Submitted": "auto-generated",
            **_unsubscribe(variables),
        },
        tags={"template": mail.template, "brand": mail.brand_slug, "mail": str(mail.mail_id)},
    )


def _unsubscribe(variables: MailVariables) -> dict[str, str]:
    if not isinstance(variables, Unsubscribable):
        return {}
    return {
        "List-Unsubscribe": f"<{variables.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _contact(brand: MailBrand) -> str | None:
    try:
        return mailable(brand.contact) if brand.contact else None
    except UnmailableAddress:
        return None
