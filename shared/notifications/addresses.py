"""Mail addresses: which ones can be mailed, and how a sender is written. Pure."""

import re
from email.header import Header
from email.utils import formataddr

# RFC 5321 §4.5.3.1: octets of the local part, of the whole path without its angle brackets, of a DNS label and a name.
_LONGEST_LOCAL = 64
_LONGEST_ADDRESS = 254
_LONGEST_LABEL = 63

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class UnmailableAddress(ValueError):
    """The address cannot be mailed: not an address, or one that the provider's SMTP does not carry."""


def mailable(address: str) -> str:
    """`address` as a provider takes it: an ASCII dot-atom local part and an IDNA domain of two labels or more.

    Quoted local parts, comments, address literals and non-ASCII local parts are refused: SES carries none of them
    reliably, and a shop has no customer who needs them. Nothing that passes can hold a line break, a comma or an
    angle bracket, so it cannot add a recipient or a header. Raises UnmailableAddress.
    """
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > _LONGEST_LOCAL:
        raise UnmailableAddress("the part before the @ is not one that mail can carry")
    labels = _ascii_labels(domain)
    if len(labels) < 2 or not all(
        _LABEL.fullmatch(label) and len(label) <= _LONGEST_LABEL for label in labels
    ):
        raise UnmailableAddress("the part after the @ is not a domain name")
    written = f"{local}@{'.'.join(labels)}"
    if len(written) > _LONGEST_ADDRESS:
        raise UnmailableAddress("the address is too long")
    return written


def sender(name: str, address: str) -> str:
    """`name <address>` for a From field: control characters dropped, quoted, non-ASCII as RFC 2047 encoded words."""
    shown = one_line(name)
    if not shown:
        return mailable(address)
    if shown.isascii():
        return formataddr((shown, mailable(address)))
    return f"{Header(shown, 'utf-8').encode(linesep=' ', maxlinelen=0)} <{mailable(address)}>"


def one_line(text: str) -> str:
    """`text` with its line breaks and other control characters made blanks: fit for a header."""
    return _CONTROL.sub(" ", text).strip()


def _ascii_labels(domain: str) -> list[str]:
    if domain.isascii():
        return domain.split(".")
    try:
        return domain.encode("idna").decode("ascii").split(".")
    except UnicodeError as error:
        raise UnmailableAddress("the part after the @ is not a domain name") from error
