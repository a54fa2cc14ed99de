"""The links of recovery mails: each opens its cart once. What is stored of one is a digest; nobody can guess 256 random bits."""

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from shared.cart.refusals import RecoveryLinkInvalid, RecoveryLinkUsed
from shared.cart.tokens import token_hash
from shared.identity.issuer import issuer
from shared.platform.work import Work

# The page of the shop's front end that hands the token on to this API.
PAGE = "/cart/recover"
LIFETIME = timedelta(days=14)
_BYTES = 32

_ADD = """
    INSERT INTO cart.cart_recovery_tokens (token_hash, cart_id, step, created_at, expires_at)
    VALUES (%(hash)s, %(cart)s, %(step)s, %(now)s, %(expires_at)s)
"""
_FIND = "SELECT cart_id, step, expires_at, used_at FROM cart.cart_recovery_tokens WHERE token_hash = %(hash)s"
_USE = """
    UPDATE cart.cart_recovery_tokens SET used_at = %(now)s WHERE token_hash = %(hash)s AND used_at IS NULL
"""


def make_link(work: Work, cart_id: UUID, step: int) -> str:
    """A new link to the cart; only its holder knows it."""
    token = secrets.token_urlsafe(_BYTES)
    work.soon(
        _ADD,
        hash=token_hash(token),
        cart=cart_id,
        step=step,
        now=work.now,
        expires_at=work.now + LIFETIME,
    )
    base = (work.brand.store_url or issuer()).rstrip("/")
    return f"{base}{PAGE}?{urlencode({'token': token})}"


def find(work: Work, token: str) -> Any:
    """The cart (`cart_id`, `step`) that a token may open. Raises RecoveryLinkInvalid, RecoveryLinkUsed."""
    found = work.one(_FIND, hash=token_hash(token))
    if found is None or found.expires_at <= work.now:
        raise RecoveryLinkInvalid
    if found.used_at is not None:
        raise RecoveryLinkUsed
    return found


def use(work: Work, token: str) -> None:
    """Spend a token; of two that do so at once one is refused. Raises RecoveryLinkUsed."""
    if not work.run(_USE, hash=token_hash(token), now=work.now):
        raise RecoveryLinkUsed


def purge_batch(work: Work, limit: int) -> int:
    """Delete up to `limit` links that have expired; answers how many."""
    return work.run(
        """DELETE FROM cart.cart_recovery_tokens WHERE ctid = ANY(ARRAY(
               SELECT ctid FROM cart.cart_recovery_tokens WHERE expires_at <= %(now)s LIMIT %(limit)s))""",
        now=work.now,
        limit=limit,
    )
