"""Email addresses as identifiers."""

import unicodedata


def email_key(email: str) -> str:
    """The form two spellings of one address share: case, surrounding space and Unicode compatibility forms do not count.

    Mail goes to the address that was stored, never to the one that was just typed: keys may match where mailboxes differ.
    """
    # Unicode's own caseless matching of compatibility forms (Unicode Standard §3.13, D146).
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", email).casefold()).casefold()
    return unicodedata.normalize("NFKC", folded).strip()
