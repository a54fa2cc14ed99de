"""What can be said of an address that somebody types: is it one, is it thrown away tomorrow, was another one meant."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from shared.kernel.emails import email_key
from shared.notifications.addresses import UnmailableAddress, mailable

_DISPOSABLE = Path(__file__).parent / "data" / "disposable_domains.txt"
# Where most of our shops' customers have their mail; a slip away from one of them was probably meant to be it.
_PROVIDERS = (
    "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "outlook.be", "hotmail.com", "hotmail.fr", "hotmail.be",
    "live.com", "live.fr", "live.be", "msn.com", "yahoo.com", "yahoo.fr", "ymail.com", "icloud.com", "me.com",
    "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr", "laposte.net", "bbox.fr", "skynet.be", "proximus.be",
    "telenet.be", "voo.be", "proton.me", "protonmail.com", "gmx.com", "gmx.fr", "gmx.de", "web.de", "t-online.de",
    "aol.com", "zoho.com", "fastmail.com", "bluewin.ch", "pt.lu", "mail.com", "email.com", "live.de", "outlook.de",
    "hotmail.de", "yahoo.de", "gmx.at", "gmx.ch", "yahoo.co.uk", "hotmail.co.uk",
)  # fmt: skip
_ENDINGS = ("com", "fr", "be", "ch", "lu", "de", "net", "org", "eu", "co.uk")
_MOST_SLIPS = 2
_MOST_SUGGESTIONS = 3
_DNS_SECONDS = 2
# In a short name nearly everything is two slips away from everything.
_SHORT = 7


class Checked(NamedTuple):
    """`normalized` is None for what is no address; `suggestions` are whole addresses, the likeliest first."""

    normalized: str | None
    disposable: bool
    suggestions: list[str]
    reason: str | None


def check(address: str) -> Checked:
    """Look at an address without asking anybody: by the standards, and by lists."""
    from email_validator import EmailNotValidError, validate_email

    try:
        # Names that the DNS does not serve (.test) are addresses all the same: whether mail arrives is another question.
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        return Checked(None, False, suggestions(address), str(error))
    try:
        mailable(address.strip())
    except UnmailableAddress as error:
        return Checked(None, False, suggestions(address), f"We cannot send mail there: {error}.")
    return Checked(found.normalized, is_disposable(found.ascii_domain), suggestions(found.normalized), None)


def receives_mail(address: str) -> bool | None:
    """Whether the DNS says that the address's domain takes mail; None when it says nothing in time. Asks the network."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(address, check_deliverability=True, timeout=_DNS_SECONDS)
    except EmailNotValidError:
        return False
    return True if found.mx else None


def is_disposable(domain: str) -> bool:
    """Whether mailboxes of this domain, or of one above it, are made to be thrown away."""
    labels = domain.lower().rstrip(".").split(".")
    known = _disposable()
    return any(".".join(labels[at:]) in known for at in range(len(labels) - 1))


def suggestions(address: str) -> list[str]:
    """What was probably meant: `gmial.com` → `gmail.com`; nothing for a domain that is known or far from all that are."""
    local, at, domain = email_key(address).rpartition("@")
    if not at or not local or not domain or domain in _PROVIDERS:
        return []
    slips = {known: distance(domain, known) for known in _PROVIDERS}
    nearest = min(slips.values())
    close = [known for known, far in slips.items() if far == nearest and far <= _allowed(known)]
    kept = address.strip().rpartition("@")[0]
    return [f"{kept}@{meant}" for meant in (close or _with_another_ending(domain))[:_MOST_SUGGESTIONS]]


def distance(one: str, other: str) -> int:
    """How many letters were left out, put in, replaced, or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, row = row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]


def _allowed(known: str) -> int:
    return 1 if len(known) <= _SHORT else _MOST_SLIPS


def _with_another_ending(domain: str) -> list[str]:
    """`entreprise.con` → `entreprise.com`: for an ending that is no ending."""
    name, _, ending = domain.partition(".")
    if not name or ending in _ENDINGS or "." in ending:
        return []
    return [f"{name}.{meant}" for meant in _ENDINGS if distance(ending, meant) == 1 and _slip_of(ending)][:1]


def _slip_of(ending: str) -> bool:
    # Every other country's ending is one letter away from some of ours.
    return len(ending) > 2 and ending not in ("cam", "new", "dot", "nec", "bet", "ong", "pet", "men")


@cache
def _disposable() -> frozenset[str]:
    return frozenset(_DISPOSABLE.read_text(encoding="utf-8").split("\n")) - {""}
