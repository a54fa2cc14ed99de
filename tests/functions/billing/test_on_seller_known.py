"""brand_settings.changed, invoices.waiting: drafts are issued once the brand has said who sells."""

from typing import Any

import pytest

from functions.billing.on_seller_known import handler
from functions.identity.change_settings import handler as change_settings
from shared.billing.invoices import issuing
from shared.identity.permissions import Role
from tests.functions.orders.conftest import Desk
from tests.functions.orders.conftest import desk as desk
from tests.gateway import Answer, batch
from tests.invoicing import SELLER, Back, say_who_sells
from tests.people import Person


def say(desk: Desk, **seller: Any) -> Answer:
    body = {"seller": SELLER | seller}
    return Person.staff(desk.brand, Role.ADMIN).call(change_settings, "PATCH", "/v1/admin/settings", body)


def hear(desk: Desk) -> None:
    for kind in ("brand_settings.changed", "invoices.waiting"):
        desk.bus.relay()
        for told in desk.bus.of(kind):
            assert handler(batch([told]), None) == {"batchItemFailures": []}


def test_drafts_get_their_numbers_in_the_order_of_their_payments(desk: Desk, back: Back) -> None:
    say_who_sells(desk.brand, {})
    first, second = desk.paid(), desk.paid()
    first.refund(lines=first.line())
    back.follow()
    assert {row.number for row in back.documents()} == {None}
    assert say(desk).status == 200
    hear(desk)
    back.follow()
    (invoice, note), [later] = back.documents(first.id), back.documents(second.id)
    assert [row.number[-6:] for row in (invoice, later, note)] == ["000001", "000002", "000001"]
    assert note.corrects_id == invoice.id
    assert {row.file_key is not None for row in back.documents()} == {True}


def test_more_than_one_transaction_holds_are_issued_in_several(
    desk: Desk, back: Back, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "_AT_ONCE", 2)
    say_who_sells(desk.brand, {})
    for _ in range(3):
        desk.paid(1)
    back.follow()
    say(desk)
    hear(desk)
    assert [row.number[-6:] for row in back.documents()] == ["000001", "000002", "000003"]


def test_other_settings_issue_nothing_and_half_a_seller_neither(desk: Desk, back: Back) -> None:
    say_who_sells(desk.brand, {})
    desk.paid()
    back.follow()
    say(desk, line1=None)
    hear(desk)
    assert [row.status for row in back.documents()] == ["draft"]


@pytest.mark.parametrize(
    "odd",
    [
        {"vat_number": "FR00123456782"},
        {"iban": "FR7630006000011234567890188"},
        {"name": "A\u0000"},
        {"country": "France"},
        {"email": "nobody"},
        {"nickname": "x"},
    ],
)
def test_what_cannot_be_a_sellers_is_refused(desk: Desk, odd: dict[str, Any]) -> None:
    assert say(desk, **odd).status in (400, 422)


def test_numbers_are_kept_as_they_are_written_down(desk: Desk) -> None:
    kept = say(desk, vat_number="fr 11 123 456 782", iban="FR76 3000 6000 0112 3456 7890 189").body["seller"]
    assert (kept["vat_number"], kept["iban"]) == ("FR11123456782", "FR7630006000011234567890189")
