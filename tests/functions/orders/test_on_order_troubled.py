"""Managers and administrators are mailed what they must decide; nobody else is."""

import pytest

from functions.orders.on_order_troubled import handler
from shared.billing import disputes
from shared.billing.outcomes import SeenDispute
from shared.identity.permissions import Role
from shared.platform.work import begin
from tests.buyers import deliver
from tests.functions.orders.conftest import Desk, euros
from tests.functions.orders.test_get_own_order import bought_by
from tests.mailbox import Mail, mails
from tests.people import Person


def told(desk: Desk, kind: str) -> list[Mail]:
    for _ in range(2):
        assert deliver(desk.bus, handler, kind) == {"batchItemFailures": []}
    return mails(desk.brand, "order_needs_attention")


def _everybody(desk: Desk) -> list[str]:
    Person.staff(desk.brand, Role.SUPPORT)
    return sorted([desk.admin.account.email, desk.manager.account.email])


def test_a_payment_under_review(desk: Desk) -> None:
    who = _everybody(desk)
    bought = desk.paid(1)
    desk.paid_again(bought)
    sent = told(desk, "order.payment_review")
    assert sorted(mail.to for mail in sent) == who
    assert {(mail.variables["kind"], mail.variables["detail"]) for mail in sent} == {
        ("payment_review", "already_paid")
    }


def test_a_refund_that_failed(desk: Desk) -> None:
    who = _everybody(desk)
    bought = desk.paid(1)
    desk.till.refund_refused = "charge_disputed"
    bought.refund()
    sent = told(desk, "refund.failed")
    assert sorted(mail.to for mail in sent) == who
    assert sent[0].variables["detail"] == "charge_disputed"


def test_a_withdrawal(desk: Desk) -> None:
    who = _everybody(desk)
    ada = Person.member(desk.brand)
    bought_by(desk, ada).withdraw(by=ada)
    assert sorted(mail.to for mail in told(desk, "withdrawal.requested")) == who


@pytest.mark.parametrize("looks", [1, 3])
def test_a_dispute_at_each_new_state_and_staff_see_it_on_the_order(desk: Desk, looks: int) -> None:
    bought = desk.paid(1)
    seen = SeenDispute(
        id="du_1",
        intent_id=bought.intent,
        status="needs_response",
        reason="fraudulent",
        amount=2489,
        currency="EUR",
    )
    for status in ("needs_response", "lost"):
        for _ in range(looks):
            with begin(desk.brand, "test") as work:
                disputes.see(
                    work, "stripe", seen.model_copy(update={"status": status, "closed": status == "lost"})
                )
    sent = told(desk, "payment.disputed")
    assert len(sent) == 4
    assert {mail.variables["detail"] for mail in sent} == {"fraudulent, needs_response", "fraudulent, lost"}
    [shown] = bought.seen()["disputes"]
    assert (shown["status"], shown["amount"]) == ("lost", euros(2489))
    assert shown["closed_at"] is not None
