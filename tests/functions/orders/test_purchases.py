"""What a buyer has bought so far."""

from uuid import uuid4

from shared.kernel.money import Money
from shared.orders.purchases import purchases_of
from shared.platform.work import begin
from tests.functions.orders.conftest import Bought, Desk


def test_what_was_given_back_is_not_spent(desk: Desk) -> None:
    kept, partly, wholly, twice, called_off = (desk.paid() for _ in range(5))
    back = partly.refund(lines=partly.line()).body["refund"]["amount"]["amount"]
    back += partly.refund(amount={"amount": 100, "currency": "EUR"}).body["refund"]["amount"]["amount"]
    wholly.refund()
    desk.paid_again(twice)
    total = twice.now.totals.total.amount
    # Paid twice, of which one goes back: what was bought stays bought.
    twice.refund(amount={"amount": total, "currency": "EUR"})
    assert twice.send_on("paid").status == 200
    called_off.cancel()
    found = _theirs(desk, kept, partly, wholly, twice, called_off)
    spent = sum(each.now.totals.total.amount for each in (kept, partly, twice)) - back
    assert _spent(desk, found) == [Money(spent, "EUR")]


def test_money_that_did_not_go_back_is_spent(desk: Desk) -> None:
    bought = desk.paid()
    desk.till.refund_refused = "charge_disputed"
    assert bought.refund(lines=bought.line()).status == 502
    assert _spent(desk, _theirs(desk, bought)) == [bought.now.totals.total]


def _theirs(desk: Desk, *orders: Bought) -> object:
    customer = uuid4()
    with begin(desk.brand, "test") as work:
        work.run(
            "UPDATE orders.orders SET customer_id = %(customer)s WHERE id = ANY (%(ids)s::uuid[])",
            customer=customer,
            ids=[order.id for order in orders],
        )
    return customer


def _spent(desk: Desk, customer: object) -> list[Money]:
    with begin(desk.brand, "test") as work:
        return purchases_of(work, [customer]).spent  # type: ignore[list-item]
