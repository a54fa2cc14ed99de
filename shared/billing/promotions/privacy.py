"""Personal data in promotions: who has used them, and who has bought before."""

from typing import Any

from shared.billing.promotions.finding import buyers_of
from shared.kernel.emails import email_key
from shared.platform.personal_data import Fate, Person, Planned
from shared.platform.work import Work

PLAN = (
    Planned("billing.promotion_uses", ("customer_id", "email_key"), Fate.ERASED),
    Planned("billing.known_buyers", ("buyer",), Fate.ERASED),
)

_OF_PERSON = "(customer_id = ANY(%(ids)s) OR email_key = ANY(%(emails)s) OR order_id = ANY(%(orders)s))"


def export(work: Work, person: Person) -> list[dict[str, Any]]:
    """Every use of a promotion by the person."""
    rows = work.all(
        f"""SELECT u.id, p.name, u.code, u.order_id, u.currency, u.amount, u.used_at, u.given_back_at
              FROM billing.promotion_uses u JOIN billing.promotions p ON p.id = u.promotion_id
             WHERE {_OF_PERSON} ORDER BY u.id""",
        **_named(person),
    )
    return [row._asdict() for row in rows]


def erase(work: Work, person: Person) -> int:
    """Leave what was used, and by whom no more; answers how many rows changed. What they had used they may use again."""
    freed = work.run(
        f"""UPDATE billing.promotion_uses SET customer_id = NULL, email_key = NULL
             WHERE {_OF_PERSON} AND (customer_id IS NOT NULL OR email_key IS NOT NULL)""",
        **_named(person),
    )
    buyers = [
        *(buyer for customer_id in person.customer_ids for buyer in buyers_of(customer_id, None)),
        *(buyer for email in person.emails for buyer in buyers_of(None, email)),
    ]
    return freed + work.run("DELETE FROM billing.known_buyers WHERE buyer = ANY(%(buyers)s)", buyers=buyers)


def _named(person: Person) -> dict[str, Any]:
    return {
        "ids": list(person.customer_ids),
        "emails": [email_key(email) for email in person.emails],
        "orders": list(person.order_ids),
    }
