"""The state machine, walked exhaustively: each state, each action, each role."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from functions.orders.on_payment_captured import handler as on_payment_captured
from shared.identity.permissions import Role
from shared.orders import store
from shared.orders.lifecycle import MOVES, Status, moves_by_hand
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import deliver
from tests.deeds import log
from tests.functions.orders.conftest import Bought, Desk, euros
from tests.people import Person, rows
from tests.shipping import ship


def _sent(*statuses: str) -> Callable[[Desk], Bought]:
    def make(desk: Desk) -> Bought:
        bought = desk.paid(2)
        for status in statuses:
            assert bought.send_on(status).status == 200
        return bought

    return make


def _refunded(amount: int | None, *statuses: str) -> Callable[[Desk], Bought]:
    def make(desk: Desk) -> Bought:
        bought = _sent(*statuses)(desk)
        answer = bought.refund(amount=euros(amount)) if amount else bought.refund()
        assert answer.status == 201
        return bought

    return make


def _draft(desk: Desk) -> Bought:
    bought = desk.unpaid(2)
    with begin(desk.brand, "test") as work:
        work.run("UPDATE orders.orders SET status = 'draft' WHERE id = %(id)s", id=bought.id)
    return bought


def _reviewed(desk: Desk) -> Bought:
    bought = desk.unpaid(2)
    desk.till.pay(desk.brand, bought.intent, 100)
    deliver(desk.bus, on_payment_captured, "payment.captured")
    return bought


def _cancelled(desk: Desk) -> Bought:
    bought = desk.paid(2)
    assert bought.cancel().status == 200
    return bought


# Every state, and of a partial refund every stage at which it can come.
STATES: dict[str, Callable[[Desk], Bought]] = {
    "draft": _draft,
    "pending_payment": lambda desk: desk.unpaid(2),
    "payment_review": _reviewed,
    "paid": _sent(),
    "preparing": _sent("preparing"),
    "fulfilled": _sent("preparing", "fulfilled"),
    "completed": _sent("preparing", "fulfilled", "completed"),
    "cancelled": _cancelled,
    "refunded": _refunded(None),
    "partially_refunded": _refunded(100),
    "partially_refunded, preparing": _refunded(100, "preparing"),
    "partially_refunded, fulfilled": _refunded(100, "preparing", "fulfilled"),
    "partially_refunded, completed": _refunded(100, "preparing", "fulfilled", "completed"),
}
_STAGES = {
    "partially_refunded, preparing": Status.PREPARING,
    "partially_refunded, fulfilled": Status.FULFILLED,
    "partially_refunded, completed": Status.COMPLETED,
}
# The fact that each state is told by; what was refunded is told with the refund.
_FACTS = {
    "paid": "order.reviewed",
    "preparing": "order.preparing",
    "fulfilled": "order.fulfilled",
    "completed": "order.completed",
    "cancelled": "order.cancelled",
}


def test_every_state_is_walked() -> None:
    assert {name.partition(",")[0] for name in STATES} == set(Status)


@pytest.mark.parametrize("name", STATES)
def test_each_state_goes_where_the_table_says_and_nowhere_else(desk: Desk, name: str) -> None:
    current = Status(name.partition(",")[0])
    legal = moves_by_hand(current, _STAGES.get(name, Status.PAID))
    bought = STATES[name](desk)
    before = bought.seen()
    assert (before["status"], before["allowed_statuses"]) == (current, sorted(legal))
    for wanted in set(Status) - legal:
        refused = bought.send_on(wanted.value.upper())
        assert (refused.status, refused.code) == (409, "illegal_move")
        assert (refused.body["current"], refused.body["allowed"]) == (current, sorted(legal))
    after = bought.seen()
    assert (after["version"], after["history"]) == (before["version"], before["history"])
    for number, wanted in enumerate(sorted(legal)):
        _check_moved(desk, bought if number == 0 else STATES[name](desk), current, wanted)


def _check_moved(desk: Desk, bought: Bought, current: Status, wanted: Status) -> None:
    """History, version, fact and audit: of each move."""
    version = bought.now.version
    answer = bought.send_on(wanted.value.upper())
    assert (answer.status, answer.body["status"]) == (200, wanted), answer.body
    assert answer.body["version"] > version
    moved = answer.body["history"][-1]
    assert (moved["from"], moved["to"], moved["by"]) == (current, wanted, str(desk.admin.id))
    assert bought.id in [told["order_id"] for told in desk.told(_FACTS[wanted])]
    entry = log(desk.brand, action="orders.change_order_status")[0]
    assert entry["changes"]["status"] == {"before": current.value, "after": wanted.value}


# What may be done to an order in each state, beside sending it on: the least role, and where it is refused for the state.
_UNPAID = {"draft", "pending_payment"}
_GONE = {"fulfilled", "completed", "cancelled", "refunded"} | {
    "partially_refunded, fulfilled",
    "partially_refunded, completed",
}
_NOTHING_LEFT = {"cancelled", "refunded"}
ACTIONS: dict[str, tuple[Role, Callable[[Bought, Person], Any], set[str]]] = {
    "read": (Role.SUPPORT, lambda bought, who: bought.desk and _read(bought, who), set()),
    "note": (Role.SUPPORT, lambda bought, who: bought.note(by=who, body="Seen"), set()),
    "refund": (
        Role.MANAGER,
        lambda bought, who: bought.refund(by=who, amount=euros(1)),
        _UNPAID | _NOTHING_LEFT,
    ),
    "ship": (
        Role.MANAGER,
        lambda bought, who: ship(bought, by=who, lines=bought.line(1)),
        _UNPAID | _GONE | {"payment_review"},
    ),
    "cancel": (Role.MANAGER, lambda bought, who: bought.cancel(by=who), _GONE),
}
_LADDER = [Role.MEMBER, Role.SUPPORT, Role.MANAGER, Role.ADMIN]


def _read(bought: Bought, who: Person) -> Any:
    from functions.orders.get_order import handler

    return who.call(handler, "GET", "/v1/admin/orders/{order_id}", order_id=bought.id)


@pytest.mark.parametrize("name", STATES)
def test_each_action_is_for_its_roles_and_its_states(desk: Desk, name: str) -> None:
    bought = STATES[name](desk)
    people = {
        role: Person.member(desk.brand) if role is Role.MEMBER else Person.staff(desk.brand, role)
        for role in _LADDER
    }
    for action, (least, act, refused_in) in ACTIONS.items():
        for role in _LADDER[: _LADDER.index(least)]:
            assert act(bought, people[role]).status == 403, (action, role)
        for role in _LADDER[_LADDER.index(least) :]:
            if action == "cancel" and role is Role.ADMIN and name not in refused_in:
                continue  # The manager has done it.
            answer = act(bought, people[role])
            assert (answer.status == 409) == (name in refused_in), (action, role, answer.body)
    for role in (Role.MEMBER, Role.SUPPORT):
        assert bought.send_on("completed", by=people[role]).status == 403


def test_every_move_of_the_table_can_be_written(desk: Desk) -> None:
    """Those too that no hand makes: the database takes each, and its history with it."""
    bought = desk.paid(1)
    for current, moves in MOVES.items():
        for wanted in moves:
            with begin(desk.brand, "test") as work:
                work.run(
                    "UPDATE orders.orders SET status = %(status)s WHERE id = %(id)s",
                    status=current.value,
                    id=bought.id,
                )
                order = store.lock(work, UUID(bought.id))
                assert order is not None
                store.move(work, order, wanted, by="test")
            assert bought.now.status == wanted


def test_a_stale_reader_changes_nothing(desk: Desk) -> None:
    bought = desk.paid(1)
    seen = bought.seen()
    assert bought.send_on("preparing", if_match=f'"{seen["version"] - 1}"').status == 412
    answer = bought.send_on("preparing", if_match=f'"{seen["version"]}"')
    assert (answer.status, answer.headers["etag"]) == (200, f'"{answer.body["version"]}"')
    assert bought.send_on("fulfilled", if_match=f'"{seen["version"]}"').code == "version_stale"


def test_the_buyer_is_told_where_the_parcel_is_unless_staff_say_no(desk: Desk) -> None:
    loud, quiet = desk.paid(1), desk.paid(1)
    for bought in (loud, quiet):
        bought.send_on("preparing")
        answer = bought.send_on(
            "fulfilled",
            tracking_number="6A123",
            tracking_carrier="Colissimo",
            note="By hand",
            notify_customer=bought is loud,
        )
        assert (answer.body["tracking_number"], answer.body["notes"][0]["body"]) == ("6A123", "By hand")
        bought.send_on("completed", notify_customer=bought is loud)
    [shipped] = desk.mails("order_shipped")
    assert (shipped.variables["tracking_number"], shipped.variables["carrier"]) == ("6A123", "Colissimo")
    [delivered] = desk.mails("order_delivered")
    assert delivered.variables["last_day"] is not None


def test_a_reviewed_payment_is_accepted_once_its_stock_is_there(desk: Desk) -> None:
    bought = _reviewed(desk)
    answer = bought.send_on("paid")
    assert (answer.status, answer.body["status"]) == (200, "paid")
    assert bought.stock == (8, 0)
    assert len(desk.told("order.paid")) == 1
    assert [told["received"] for told in desk.told("order.reviewed")] == [euros(100)]


def test_what_is_no_status_is_invalid(desk: Desk) -> None:
    bought = desk.paid(1)
    wrong: list[tuple[Any, dict[str, Any]]] = [
        ("shipped", {}),
        (None, {}),
        (3, {}),
        ("preparing", {"tracking_number": ""}),
        ("preparing", {"note": "a" * 501}),
        ("preparing", {"colour": "red"}),
    ]
    for status, more in wrong:
        assert bought.send_on(status, **more).status == 422


def test_what_was_reviewed_and_partly_given_back_may_still_be_accepted_or_go_back_whole(desk: Desk) -> None:
    bought, other = _reviewed(desk), _reviewed(desk)
    assert bought.refund(amount=euros(40)).body["order"]["allowed_statuses"] == ["cancelled", "paid"]
    assert bought.send_on("paid").body["allowed_statuses"] == ["cancelled", "preparing"]
    assert (bought.stock, other.stock) == ((8, 0), (10, 2))
    assert other.refund(restock=True).body["order"]["status"] == "refunded"
    assert other.stock == (10, 0)
    assert [told["restocked"] for told in desk.told("refund.succeeded")] == [False, False]


def test_another_brands_order_is_not_there(desk: Desk, another_brand: Brand) -> None:
    bought = desk.paid(1)
    answer = bought.send_on("preparing", by=Person.staff(another_brand, Role.ADMIN))
    assert (answer.status, answer.code) == (404, "order_not_found")
    assert rows(desk.brand, "SELECT status FROM orders.orders")[0].status == "paid"
