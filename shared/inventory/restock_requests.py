"""Customers who want to hear when a variant can be bought again: asked once, told once, and left alone when they say so."""

import hashlib
import secrets
from typing import Any, LiteralString
from uuid import UUID

from shared.catalog.naming import Named, published
from shared.identity.email_addresses import account_key
from shared.inventory.availability import NONE, availability
from shared.inventory.events import AwaitedStockReturnedV1
from shared.kernel.ids import new_id
from shared.notifications import mails
from shared.notifications.templates.back_in_stock.variables import BackInStockV1
from shared.notifications.unsubscribing import unsubscribe_link
from shared.platform.work import Work

# What its unsubscribe links are about.
TOPIC = "restock"
# What one address may wait for at once: nobody is buried in mails that somebody else has asked for.
MOST_WAITING = 50
# What is mailed by one delivery; who comes after them is told by the next.
BATCH = 100
_TOKEN_BYTES = 32

_ASK = """
    INSERT INTO inventory.restock_requests (id, variant_id, email, email_key, locale, created_at)
    SELECT %(id)s, %(variant)s, %(email)s, %(key)s, %(locale)s, %(now)s
     WHERE (SELECT count(*) FROM inventory.restock_requests WHERE email_key = %(key)s AND state = 'waiting') < %(most)s
    ON CONFLICT (brand_id, variant_id, email_key) WHERE state = 'waiting' DO NOTHING
"""
_TAKE = """
    SELECT id, email, locale FROM inventory.restock_requests
     WHERE variant_id = %(variant)s AND state = 'waiting' ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
_TOLD = """
    UPDATE inventory.restock_requests SET state = 'told', settled_at = %(now)s, token_hash = %(hash)s WHERE id = %(id)s
"""
_DECLINE = """
    UPDATE inventory.restock_requests r SET state = 'declined', settled_at = %(now)s
      FROM inventory.restock_requests told
     WHERE told.token_hash = %(hash)s AND r.brand_id = told.brand_id AND r.email_key = told.email_key
       AND r.state = 'waiting'
"""
_KNOWN: LiteralString = "SELECT 1 FROM inventory.restock_requests WHERE token_hash = %(hash)s"


def ask(work: Work, variant_id: UUID, email: str, locale: str) -> None:
    """Tell this address once when the variant can be bought again. Nothing shows whether it had asked before."""
    work.run(
        _ASK,
        id=new_id(work.now),
        variant=variant_id,
        email=email,
        key=account_key(email),
        locale=locale,
        now=work.now,
        most=MOST_WAITING,
    )


def tell_waiting(work: Work, variant_id: UUID) -> int:
    """Queue the mails of those who have waited longest, if the variant can still be bought; answer how many that were.

    Request and mail change in one transaction, and a mail has the request's id for its key: whoever is killed or called
    twice, each request is one mail.
    """
    named = published(work, variant_id)
    if named is None or not availability(work, [variant_id]).get(variant_id, NONE).in_stock:
        return 0
    waiting = work.all(_TAKE, variant=variant_id, limit=BATCH)
    for request in waiting:
        _mail(work, request, named)
    if len(waiting) == BATCH:
        work.tell(AwaitedStockReturnedV1(variant_id=variant_id), key=str(variant_id))
    return len(waiting)


def decline(work: Work, token: str) -> bool:
    """Who has the link wants no more of these mails: whatever else their address waits for is forgotten. False: no such link."""
    hash = hashed(token)
    if work.value(_KNOWN, hash=hash) is None:
        return False
    work.run(_DECLINE, hash=hash, now=work.now)
    return True


def _mail(work: Work, request: Any, named: Named) -> None:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    work.run(_TOLD, id=request.id, hash=hashed(token), now=work.now)
    shop = work.brand.store_url.rstrip("/")
    mails.queue(
        work,
        BackInStockV1(
            product=named.product_title,
            variant=named.variant_title,
            page=f"{shop}/products/{named.slug}" if shop else None,
            unsubscribe=unsubscribe_link(work.brand, TOPIC, token),
        ),
        to=request.email,
        locale=request.locale,
        key=f"back_in_stock:{request.id}",
    )


def hashed(token: str) -> bytes:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
