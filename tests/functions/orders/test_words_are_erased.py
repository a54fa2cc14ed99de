"""What buyers and staff wrote about an order is handed out, and goes with its buyer; money that is owed comes first."""

import json

import pytest

from functions.orders.on_erasure_of_orders import handler
from shared.orders import privacy, retention
from shared.orders.links import LIFETIME, make_link
from shared.platform.personal_data import Person as Known
from shared.platform.work import begin
from tests.erasing import erase_in
from tests.functions.orders.conftest import Bought, Desk, euros
from tests.functions.orders.test_get_own_order import bought_by
from tests.people import Person, rows
from tests.till import Clock

_WORDS = ("Called about her knee", "Her cat broke it", "It was a gift for Max", "We are sorry, Ada")


def written(desk: Desk, ada: Person) -> Bought:
    bought = bought_by(desk, ada)
    for status in ("preparing", "fulfilled", "completed"):
        bought.send_on(status, tracking_number="6A1" if status == "fulfilled" else None)
    bought.note(body=_WORDS[0])
    bought.refund(amount=euros(100), reason=_WORDS[1])
    withdrawal = bought.withdraw(by=ada, reason=_WORDS[2]).body["withdrawal"]["id"]
    bought.answer(withdrawal, status="goods_returned", answer=_WORDS[3])
    with begin(desk.brand, "test") as work:
        make_link(work, bought.now.id)
    return bought


def exported(desk: Desk, bought: Bought) -> str:
    with begin(desk.brand, "test") as work:
        found = privacy.export(work, Known(order_ids=(bought.now.id,)))
    return json.dumps(found.lists, default=str)


def test_it_is_handed_out_and_erased_once_nothing_is_owed(desk: Desk) -> None:
    ada = Person.member(desk.brand)
    bought = written(desk, ada)
    assert all(word in exported(desk, bought) for word in _WORDS)
    told = erase_in(ada, handler, desk.bus, times=1)
    assert [each["what"] for each in told["kept"]] == ["open_orders"]
    assert all(word in exported(desk, bought) for word in _WORDS)
    withdrawal = bought.seen()["withdrawals"][0]["id"]
    bought.refund(withdrawal_id=withdrawal)
    with begin(desk.brand, "test") as work:
        done = privacy.erase(work, Known(user_id=ada.id, order_ids=(bought.now.id,)))
    assert [each.what for each in done.kept] == ["accounting"]
    assert not any(word in exported(desk, bought) for word in (*_WORDS, "6A1"))
    seen = bought.seen()
    assert (seen["notes"], seen["tracking_number"]) == ([], None)
    assert [each["tracking_number"] for each in seen["shipments"]] == [None]
    assert len(seen["refunds"]) == 2
    assert rows(desk.brand, "SELECT count(*) AS links FROM orders.order_links")[0].links == 0


@pytest.mark.parametrize("late", [True, False])
def test_links_that_have_expired_are_forgotten(desk: Desk, at: Clock, late: bool) -> None:
    bought = desk.paid(1)
    with begin(desk.brand, "test") as work:
        make_link(work, bought.now.id)
    at.move(days=LIFETIME.days - (not late), minutes=1)
    assert retention.purge_batch() == (int(late), 0)
