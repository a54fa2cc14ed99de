"""erasure.started, as the catalogue hears it."""

from uuid import uuid4

import pytest

from functions.catalog.on_erasure_of_reviews import handler
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import for_sale
from tests.erasing import erase_in
from tests.gateway import Bus
from tests.people import Person, rows

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_review_stays_without_its_authors_name(brand: Brand, bus: Bus) -> None:
    ada, bob = Person.member(brand), Person.member(brand)
    variant = for_sale(brand)
    for customer_id, name in ((ada.customer_id, "Ada"), (bob.customer_id, "Bob")):
        with begin(brand, "test") as work:
            work.run(
                """INSERT INTO catalog.product_reviews
                       (id, product_id, customer_id, author_name, rating, title, body, status, created_at, published_at)
                   SELECT %(id)s, v.product_id, %(customer)s, %(name)s, 5, 'Fine', 'Holds tea.', 'published', %(now)s, %(now)s
                     FROM catalog.product_variants v WHERE v.id = %(variant)s""",
                id=uuid4(),
                customer=customer_id,
                name=name,
                variant=variant,
                now=work.now,
            )
    told = erase_in(ada, handler, bus)
    assert (told["holder"], told["rows"]) == ("catalog", 1)
    left = rows(brand, "SELECT author_name, body FROM catalog.product_reviews ORDER BY author_name")
    assert [tuple(row) for row in left] == [("", "Holds tea."), ("Bob", "Holds tea.")]
