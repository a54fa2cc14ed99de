"""Email addresses at the ways in: which may be registered, and by which key an account is found."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from shared.kernel.emails import email_key
from shared.notifications.addresses import UnmailableAddress, mailable


def account_key(email: str) -> str:
    """What all spellings of one mailbox share: `email_key`, with the domain as DNS has it (`münchen.de`, `xn--mnchen-3ya.de`)."""
    try:
        return email_key(mailable(email.strip()))
    except UnmailableAddress:
        return email_key(email)


# Who registers is mailed, so the address is one that mail can carry: ASCII before the @, where alphabets could be mixed up.
NewAddress = Annotated[str, StringConstraints(max_length=254), AfterValidator(mailable)]
# Who signs in is answered alike whatever was typed.
TypedAddress = Annotated[str, StringConstraints(min_length=3, max_length=254)]
