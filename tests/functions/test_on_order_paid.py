"""The confirmation mail of a paid order."""

from typing import Any

from functions.orders.on_order_paid import handler
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import BRUSSELS, EMAIL, Buyer, captured, deliver, for_sale
from tests.gateway import Bus
from tests.till import Till


def mails(brand: Brand) -> list[Any]:
    with begin(brand, "test") as work:
        return work.all("SELECT * FROM notifications.mails ORDER BY id")


def test_one_mail_says_what_was_bought_in_the_buyers_language(brand: Brand, till: Till, bus: Bus) -> None:
    buyer = Buyer.of(brand, locale="en")
    buyer.add(for_sale(brand, title="Mug"), 2)
    captured(brand, till, bus, buyer.check_out(billing_address=BRUSSELS))
    for _ in range(2):
        assert deliver(bus, handler, "order.paid") == {"batchItemFailures": []}
    [mail] = mails(brand)
    assert (mail.recipient, mail.template, mail.locale) == (EMAIL, "order_confirmation", "en")
    said = mail.variables
    assert (said["order_number"], said["total"]) == ("1", {"amount": 4688, "currency": "EUR"})
    assert [(line["title"], line["quantity"]) for line in said["lines"]] == [("Mug", 2)]
    assert said["tax_lines"] == [{"rate_basis_points": 2000, "amount": {"amount": 781, "currency": "EUR"}}]
    assert (said["shipping_address"]["city"], said["billing_address"]["city"]) == ("Paris", "Bruxelles")
    bus.relay()
    assert [event["data"]["mail_id"] for event in bus.of("mail.queued")] == [str(mail.id)]


def test_a_guest_who_has_paid_becomes_a_customer_once(brand: Brand, till: Till, bus: Bus) -> None:
    for _ in range(2):
        buyer = Buyer.of(brand)
        buyer.add(for_sale(brand))
        captured(brand, till, bus, buyer.check_out())
    for _ in range(2):
        deliver(bus, handler, "order.paid")
    with begin(brand, "test") as work:
        [customer] = work.all("SELECT id, user_id, email, first_name FROM identity.customers")
        owners = {row.customer_id for row in work.all("SELECT customer_id FROM orders.orders")}
    assert (customer.user_id, customer.email, customer.first_name) == (None, EMAIL, "Ada")
    assert owners == {customer.id}
