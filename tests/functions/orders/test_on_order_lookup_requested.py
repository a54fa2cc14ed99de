"""The link is mailed to who ordered, and to nobody else."""

from functions.orders.on_order_lookup_requested import handler
from shared.orders.events import OrderLookupRequestedV1
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import EMAIL, deliver
from tests.functions.orders.conftest import Desk
from tests.mailbox import Mail, mails


def ask(desk: Desk, number: int, email: str, brand: Brand | None = None) -> list[Mail]:
    with begin(brand or desk.brand, "test") as work:
        work.tell(OrderLookupRequestedV1(number=number, email=email))
    assert deliver(desk.bus, handler, "order.lookup_requested") == {"batchItemFailures": []}
    return mails(desk.brand, "order_link")


def test_number_and_address_belong_together_or_nothing_is_sent(desk: Desk, another_brand: Brand) -> None:
    bought = desk.paid(1)
    number = bought.now.number
    assert ask(desk, number, "eve@example.com") == []
    assert ask(desk, number + 1, EMAIL) == []
    assert ask(desk, number, EMAIL, another_brand) == []
    [mail] = ask(desk, number, f" {EMAIL.upper()} ")
    assert (mail.to, mail.variables["order_number"], mail.variables["days"]) == (EMAIL, str(number), 7)
    # Its row keeps nothing that opens the order.
    assert mail.token not in mail.stored


def test_asking_again_soon_sends_nothing_more(desk: Desk) -> None:
    number = desk.paid(1).now.number
    assert len([ask(desk, number, EMAIL) for _ in range(3)][-1]) == 1
