"""Links to one order for who has no account: only the mail that carries a link knows it, and it ends by itself."""

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from shared.identity.issuer import issuer
from shared.kernel.refusals import NotFound
from shared.platform.work import Work

LIFETIME = timedelta(days=7)
# As long as a seller answers for what was sold (Directive (EU) 2019/771, article 10): for this the buyer needs the invoice.
INVOICE_LIFETIME = timedelta(days=731)
# The page of the shop's front end that hands the token on to this API.
PAGE = "/orders/view"
_BYTES = 32


class OrderLinkInvalid(NotFound):
    """This link has expired or is not one of ours; ask for a new one with the order's number and address."""


_ADD = """
    INSERT INTO orders.order_links (token_hash, order_id, scope, created_at, expires_at)
    VALUES (%(hash)s, %(order_id)s, %(scope)s, %(now)s, %(expires_at)s)
"""
_FIND = """
    SELECT order_id FROM orders.order_links
     WHERE token_hash = %(hash)s AND expires_at > %(now)s AND scope = ANY (%(scopes)s)
"""


def make_link(work: Work, order_id: UUID) -> str:
    """A new link to the order; only its holder knows it."""
    base = (work.brand.store_url or issuer()).rstrip("/")
    return f"{base}{PAGE}?{urlencode({'token': _make(work, order_id, 'order', LIFETIME)})}"


def make_invoice_token(work: Work, order_id: UUID) -> str:
    """What opens the order's invoice and nothing else of it, for as long as its buyer may need one."""
    return _make(work, order_id, "invoice", INVOICE_LIFETIME)


def order_of(work: Work, token: str) -> UUID:
    """The order that a token opens. Raises OrderLinkInvalid."""
    return _find(work, token, ["order"])


def order_of_invoice(work: Work, token: str) -> UUID:
    """The order whose invoice a token opens; one that opens the order does, too. Raises OrderLinkInvalid."""
    return _find(work, token, ["order", "invoice"])


def purge_batch(work: Work, limit: int) -> int:
    """Delete up to `limit` links that have expired; answers how many."""
    return work.run(
        """DELETE FROM orders.order_links WHERE ctid = ANY(ARRAY(
               SELECT ctid FROM orders.order_links WHERE expires_at <= %(now)s LIMIT %(limit)s))""",
        now=work.now,
        limit=limit,
    )


def _make(work: Work, order_id: UUID, scope: str, lives: timedelta) -> str:
    token = secrets.token_urlsafe(_BYTES)
    work.run(
        _ADD, hash=_hash(token), order_id=order_id, scope=scope, now=work.now, expires_at=work.now + lives
    )
    return token


def _find(work: Work, token: str, scopes: list[str]) -> UUID:
    found: UUID | None = work.value(_FIND, hash=_hash(token), now=work.now, scopes=scopes)
    if found is None:
        raise OrderLinkInvalid
    return found


def _hash(token: str) -> bytes:
    # 256 random bits need no slow hash.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
