"""Personal data in the catalogue: the names under reviews."""

from shared.platform.personal_data import Erased, Exported, Fate, Person, Planned
from shared.platform.work import Work

PLAN = (Planned("catalog.product_reviews", ("author_name",), Fate.ERASED),)


def export(work: Work, person: Person) -> Exported:
    """Every review that the person wrote."""
    rows = work.all(
        """SELECT id, product_id, author_name, rating, title, body, status, created_at FROM catalog.product_reviews
            WHERE customer_id = ANY(%(ids)s) ORDER BY id""",
        ids=list(person.customer_ids),
    )
    return Exported({"reviews": [row._asdict() for row in rows]})


def erase(work: Work, person: Person) -> Erased:
    """Take the person's name off their reviews; what they thought of a product stays."""
    return Erased(
        work.run(
            """UPDATE catalog.product_reviews SET author_name = ''
                WHERE customer_id = ANY(%(ids)s) AND author_name <> ''""",
            ids=list(person.customer_ids),
        )
    )
