"""What tests of orders share: orders that are paid, staff who do something with them, and what has become of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.orders.add_order_note import handler as add_order_note
from functions.orders.answer_withdrawal import handler as answer_withdrawal
from functions.orders.cancel_order import handler as cancel_order
from functions.orders.change_order_status import handler as change_order_status
from functions.orders.get_order import handler as get_order
from functions.orders.on_order_progressed import handler as on_order_progressed
from functions.orders.on_payment_captured import handler as on_payment_captured
from functions.orders.on_payment_refunded import handler as on_payment_refunded
from functions.orders.refund_order import handler as refund_order
from functions.orders.request_withdrawal import handler as request_withdrawal
from shared.billing import payments
from shared.identity.permissions import Role
from shared.kernel.money import Money
from shared.orders.shapes import Order
from shared.platform import steps
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import Buyer, captured, deliver, for_sale, order_of
from tests.gateway import Answer, Bus, batch
from tests.killing import Killed
from tests.mailbox import Mail, mails
from tests.people import Person
from tests.stock import counters
from tests.till import Till

PRICE = 1999
# Of two units.
SHIPPING = 690


@dataclass
class Bought:
    """An order, and who may do what with it."""

    desk: "Desk"
    id: str
    variant: UUID
    checked_out: Answer

    @property
    def now(self) -> Order:
        """As it stands."""
        return order_of(self.desk.brand, self.id)

    @property
    def items(self) -> list[str]:
        """Its lines' ids."""
        return [str(item.id) for item in self.now.items]

    @property
    def intent(self) -> str:
        """Its payment at the provider."""
        return str(self.checked_out.body["payment"]["intent_id"])

    @property
    def stock(self) -> tuple[int, int]:
        """On hand and reserved of what was bought."""
        return counters(self.desk.brand, self.variant)

    def line(self, quantity: int = 1) -> list[dict[str, Any]]:
        """So many units of its first line, as a request names them."""
        return [{"item_id": self.items[0], "quantity": quantity}]

    def refund(self, *, by: Person | None = None, key: str | None = None, **body: Any) -> Answer:
        """Give money back; everything unless the body says less."""
        more = {"idempotency-key": key or uuid4().hex}
        asked = {"reason": "test", **body}
        return self._send(refund_order, "POST", "/refunds", asked, by, more)

    def cancel(self, *, by: Person | None = None, key: str | None = None, **body: Any) -> Answer:
        """Call it off."""
        return self._send(cancel_order, "POST", "/cancel", body, by, {"idempotency-key": key} if key else {})

    def send_on(
        self, status: str, *, by: Person | None = None, if_match: str | None = None, **body: Any
    ) -> Answer:
        """Move it."""
        more = {"if-match": if_match} if if_match else {}
        return self._send(change_order_status, "PATCH", "/status", {"status": status, **body}, by, more)

    def note(self, *, by: Person | None = None, **body: Any) -> Answer:
        """Write a note."""
        return self._send(add_order_note, "POST", "/notes", body, by, {})

    def answer(self, withdrawal_id: str, *, by: Person | None = None, **body: Any) -> Answer:
        """Answer a withdrawal."""
        path = "/withdrawals/{withdrawal_id}"
        return self._send(answer_withdrawal, "PATCH", path, body, by, {}, withdrawal_id=withdrawal_id)

    def withdraw(self, *, by: Person, key: str | None = None, **body: Any) -> Answer:
        """Its buyer sends it back."""
        more = {"idempotency-key": key or uuid4().hex}
        return by.call(
            request_withdrawal,
            "POST",
            "/v1/me/orders/{order_id}/withdrawal",
            body,
            more=more,
            order_id=self.id,
        )

    def seen(self, by: Person | None = None) -> dict[str, Any]:
        """As staff see it."""
        answer = self._send(get_order, "GET", "", None, by, {})
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def _send(
        self,
        handler: Any,
        method: str,
        path: str,
        body: Any,
        by: Person | None,
        more: dict[str, str],
        **params: str,
    ) -> Answer:
        return (by or self.desk.admin).call(
            handler, method, "/v1/admin/orders/{order_id}" + path, body, more=more, order_id=self.id, **params
        )


@dataclass
class Desk:
    """A brand's orders desk."""

    brand: Brand
    till: Till
    bus: Bus
    admin: Person
    manager: Person

    def unpaid(self, units: int = 2, *, price: int = PRICE, stock: int = 10, **wish: Any) -> Bought:
        """An order that waits for its payment."""
        variant = for_sale(self.brand, stock, price=price)
        buyer = Buyer.of(self.brand)
        buyer.add(variant, units)
        answer = buyer.check_out(**wish)
        assert answer.status == 201, answer.body
        return Bought(self, answer.body["order"]["id"], variant, answer)

    def paid(self, units: int = 2, **wish: Any) -> Bought:
        """An order that is paid."""
        bought = self.unpaid(units, **wish)
        captured(self.brand, self.till, self.bus, bought.checked_out)
        return bought

    def paid_again(self, bought: Bought) -> str:
        """A second payment arrives for a paid order; its intent."""
        order = bought.now
        with begin(self.brand, "test") as work:
            started = payments.start(work, order.id, order.totals.total)
        outcome: Any = payments.reach(started)
        with begin(self.brand, "test") as work:
            payments.settle(work, started, outcome)
        self.till.pay(self.brand, outcome.intent.id)
        deliver(self.bus, on_payment_captured, "payment.captured")
        return str(outcome.intent.id)

    def hear_of_refunds(self) -> None:
        """The consumer of what became of refunds."""
        self.bus.relay()
        told = self.bus.of("payment.refunded") + self.bus.of("payment.refund_failed")
        assert on_payment_refunded(batch(told), None) == {"batchItemFailures": []}

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The data of every event of a type."""
        self.bus.relay()
        return [detail["data"] for detail in self.bus.of(kind)]

    def mails(self, template: str) -> list[Mail]:
        """What its buyers were mailed."""
        self.bus.relay()
        kinds = {kind.type for kind in on_order_progressed.spec.listens}
        told = [detail for detail in self.bus.details if detail["type"] in kinds]
        assert on_order_progressed(batch(told), None) == {"batchItemFailures": []}
        return mails(self.brand, template)


@pytest.fixture
def desk(brand: Brand, till: Till, bus: Bus, issuer: str) -> Iterator[Desk]:
    yield Desk(brand, till, bus, Person.staff(brand, Role.ADMIN), Person.staff(brand, Role.MANAGER))
    steps.install(None)


@pytest.fixture
def carrier(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An account with a carrier that has an API (`tests.shipping.Carrier`)."""
    from tests.shipping import open_account

    return open_account(desk, monkeypatch)


def euros(amount: int) -> dict[str, Any]:
    """Money as answers have it."""
    return {"amount": amount, "currency": "EUR"}


def money(amount: int) -> Money:
    """Money as models have it."""
    return Money(amount, "EUR")


def kill_at(step: str, function: str) -> None:
    """Have the next run of a function die at a step, once."""

    def hook(name: str, at: str) -> None:
        if (name, at) == (step, function):
            steps.install(None)
            raise Killed(name)

    steps.install(hook)
