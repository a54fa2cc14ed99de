"""Accounts: each is one customer of Stripe's, whatever died while it was made."""

from collections import Counter
from collections.abc import Iterator

from tests.faults.evidence import Check, Evidence


def each_account_is_one_customer_of_stripe(found: Evidence) -> Iterator[str]:
    made = Counter(customer["metadata"].get("customer_id", "") for customer in found.customers)
    known = {customer["id"] for customer in found.customers}
    for row in found.rows(
        """SELECT c.id::text AS id, c.stripe_customer_id FROM identity.customers c
             JOIN platform.outbox_events e ON e.type = 'account.registered' AND e.data ->> 'customer_id' = c.id::text"""
    ):
        if made[row.id] != 1 or row.stripe_customer_id not in known:
            yield f"buyer {row.id} is {row.stripe_customer_id} to us and has {made[row.id]} customers at Stripe"


CHECKS: tuple[Check, ...] = (each_account_is_one_customer_of_stripe,)
