"""What promotions know of people: handed out when they ask, forgotten when they want to be."""

import pytest

from functions.billing.on_erasure_of_payments import handler
from shared.billing.promotions import privacy
from shared.platform.brands import Brand
from shared.platform.personal_data import Person as Asking
from shared.platform.work import begin
from tests.buyers import Buyer, captured, for_sale
from tests.erasing import erase_in
from tests.gateway import Bus
from tests.people import Person, rows
from tests.promoting import Promoter, counted
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")


def test_who_used_a_code_is_forgotten_and_that_it_was_used_is_not(brand: Brand, till: Till, bus: Bus) -> None:
    ten = Promoter.of(brand).make(max_uses=5, max_uses_per_user=1)
    ada = Person.member(brand, "ada@example.com")
    for email in ("ADA@example.com", "bob@example.com"):
        buyer = Buyer.of(brand)
        buyer.add(for_sale(brand))
        captured(brand, till, bus, buyer.check_out(email=email, promotion_codes=["TEN"]))
    with begin(brand, "test") as work:
        [used] = privacy.export(work, Asking(emails=("ada@example.com",)))
    assert (used["code"], used["amount"]) == ("TEN", 199 + 1)
    erase_in(ada, handler, bus, times=2)
    left = rows(
        brand, "SELECT email_key, customer_id FROM billing.promotion_uses ORDER BY email_key NULLS LAST"
    )
    assert [(row.email_key, row.customer_id) for row in left] == [("bob@example.com", None), (None, None)]
    known = [row.buyer for row in rows(brand, "SELECT buyer FROM billing.known_buyers")]
    assert known == ["email bob@example.com"]
    assert counted(brand, ten) == (2, 2, 2)
