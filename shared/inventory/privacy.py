"""Personal data in inventory: the addresses of those who wait for a delivery."""

from shared.platform.personal_data import Erased, Exported, Fate, Person, Planned
from shared.platform.work import Work

PLAN = (Planned("inventory.restock_requests", ("email", "email_key"), Fate.ERASED),)

_OF_PERSON = "lower(email) = ANY(%(emails)s)"


def export(work: Work, person: Person) -> Exported:
    """Every variant that the person has asked to hear of, and what became of it."""
    rows = work.all(
        f"""SELECT id, variant_id, email, locale, state, created_at, settled_at FROM inventory.restock_requests
             WHERE {_OF_PERSON} ORDER BY id""",
        emails=person.email_keys,
    )
    return Exported({"restock_requests": [row._asdict() for row in rows]})


def erase(work: Work, person: Person) -> Erased:
    """Forget that the person has asked."""
    return Erased(
        work.run(f"DELETE FROM inventory.restock_requests WHERE {_OF_PERSON}", emails=person.email_keys)
    )
