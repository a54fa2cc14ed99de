"""What the samples about stock are about: two places that ship, and somebody who has been mailed that something is back."""

from functions._generate.demo import FACTS
from local.demo.ids import COFFEE_VARIANT
from shared.inventory import places
from shared.inventory.places import NewLocation
from shared.inventory.restock_requests import ask, hashed
from shared.platform.brands import Brand
from shared.platform.work import begin

UNSUBSCRIBE_TOKEN = "Vd7Vh0mWbY2kXzJq4nLr8sTcPf1aGeUo3iKw9yBxQ5M"


def make_stock(brand: Brand) -> dict[str, str]:
    """Rows, by their own ids, under which ids the samples name them."""
    with begin(brand, "sample") as work:
        main = places.default_location(work)
        other = places.open_location(work, NewLocation(code="bruxelles", name="Bruxelles", priority=1)).id
        ask(work, COFFEE_VARIANT, "zoe@demo.test", "fr")
        work.run(
            "UPDATE inventory.restock_requests SET state = 'told', settled_at = %(now)s, token_hash = %(hash)s",
            hash=hashed(UNSUBSCRIBE_TOKEN),
            now=work.now,
        )
    return {str(main): FACTS["from_location_id"], str(other): FACTS["to_location_id"]}
