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
# The page of the shop's front end that hands the token on to this API.
PAGE = "/orders/view"
_BYTES = 32


class OrderLinkInvalid(NotFound):
    """This link has expired or is not one of ours; ask for a new one with the order's number and address."""


_ADD = """
    INSERT INTO orders.order_links (token_hash, order_id, created_at, expires_at)
    VALUES (%(hash)s, %(order_id)s, %(now)s, %(expires_at)s)
"""
_FIND = "SELECT order_id FROM orders.order_links WHERE token_hash = %(hash)s AND expires_at > %(now)s"


def make_link(work: Work, order_id: UUID) -> str:
    """A new link to the order; only its holder knows it."""
    base = (work.brand.store_url or issuer()).rstrip("/")
    return f"{base}{PAGE}?{urlencode({'token': make_token(work, order_id)})}"


def make_token(work: Work, order_id: UUID) -> str:
    """What opens the order, for a new link; only its holder knows it."""
    token = secrets.token_urlsafe(_BYTES)
    work.run(_ADD, hash=_hash(token), order_id=order_id, now=work.now, expires_at=work.now + LIFETIME)
    return token


def order_of(work: Work, token: str) -> UUID:
    """The order that a token opens. Raises OrderLinkInvalid."""
    found: UUID | None = work.value(_FIND, hash=_hash(token), now=work.now)
    if found is None:
        raise OrderLinkInvalid
    return found


def purge_batch(work: Work, limit: int) -> int:
    """Delete up to `limit` links that have expired; answers how many."""
    return work.run(
        """DELETE FROM orders.order_links WHERE ctid = ANY(ARRAY(
               SELECT ctid FROM orders.order_links WHERE expires_at <= %(now)s LIMIT %(limit)s))""",
        now=work.now,
        limit=limit,
    )


def _hash(token: str) -> bytes:
    # 256 random bits need no slow hash.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
