"""Personal data in carts: whose they are, and where they would be sent."""

from shared.platform.personal_data import Erased, Exported, Fate, Person, Planned
from shared.platform.work import Work

PLAN = (Planned("cart.carts", ("email", "postcode"), Fate.ERASED),)

_OF_PERSON = "(customer_id = ANY(%(ids)s) OR lower(email) = ANY(%(emails)s))"


def export(work: Work, person: Person) -> Exported:
    """Every cart of the person, with its lines."""
    rows = work.all(
        f"""SELECT c.id, c.status, c.currency, c.email, c.country, c.postcode, c.created_at, c.last_activity_at,
                   (SELECT coalesce(jsonb_agg(jsonb_build_object('sku', i.sku, 'title', i.title, 'quantity', i.quantity,
                           'unit_price_amount', i.unit_price_amount, 'currency', i.currency) ORDER BY i.id), '[]')
                      FROM cart.cart_items i WHERE i.brand_id = c.brand_id AND i.cart_id = c.id) AS items
              FROM cart.carts c WHERE {_OF_PERSON} ORDER BY c.id""",
        ids=list(person.customer_ids),
        emails=person.email_keys,
    )
    return Exported({"carts": [row._asdict() for row in rows]})


def erase(work: Work, person: Person) -> Erased:
    """Make the person's carts nobody's."""
    return Erased(
        work.run(
            f"UPDATE cart.carts SET email = NULL, customer_id = NULL, postcode = NULL WHERE {_OF_PERSON}",
            ids=list(person.customer_ids),
            emails=person.email_keys,
        )
    )
