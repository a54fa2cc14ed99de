"""Buyers as payment providers know them."""

from typing import Any
from uuid import UUID

from shared.platform.work import Work

_FIND = """
    SELECT id, email, first_name, last_name, locale, stripe_customer_id, created_at FROM identity.customers WHERE id = %(id)s
"""
_NAME = """
    UPDATE identity.customers SET stripe_customer_id = %(stripe_id)s, updated_at = %(now)s
     WHERE id = %(id)s AND stripe_customer_id IS NULL
"""


def payer(work: Work, customer_id: UUID) -> Any | None:
    """What a provider is told of a buyer (`email`, names, `locale`), the `stripe_customer_id` it has given them, if any, and since
    when (`created_at`) we know them."""
    return work.one(_FIND, id=customer_id)


def name_stripe_customer(work: Work, customer_id: UUID, stripe_id: str) -> None:
    """Remember what Stripe calls a buyer; the first name stays."""
    work.run(_NAME, id=customer_id, stripe_id=stripe_id, now=work.now)
