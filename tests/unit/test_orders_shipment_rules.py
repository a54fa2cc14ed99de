"""The rules of shipments: the machine walked exhaustively, splits that never exceed what is left, news in any order."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.orders.lifecycle import Status
from shared.orders.refund_rules import ItemNotInOrder
from shared.orders.shipment_rules import (
    DEAD,
    MOVES,
    IllegalShipmentMove,
    Line,
    Method,
    NothingLeftToShip,
    OrderNotShippable,
    Sent,
    ShipmentStatus,
    Told,
    UnitsNotLeftToShip,
    believed,
    check_move,
    check_shippable,
    last_delivery,
    reached,
    share,
    split,
    state_after,
    surplus,
)

S = ShipmentStatus
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PARTNERS = (None, UUID(int=1), UUID(int=2))


def test_each_state_goes_where_the_table_says_and_nowhere_else() -> None:
    assert set(MOVES) == set(S)
    for current, wanted in itertools.product(S, S):
        if wanted in MOVES[current]:
            check_move(current, wanted)
            continue
        with pytest.raises(IllegalShipmentMove) as refused:
            check_move(current, wanted)
        assert refused.value.extra == {"current": current.value, "allowed": sorted(MOVES[current])}


def test_delivered_and_cancelled_are_final_and_only_what_has_not_left_can_be_cancelled() -> None:
    assert {status for status, moves in MOVES.items() if not moves} == {S.DELIVERED, S.CANCELLED}
    assert [status for status, moves in MOVES.items() if S.CANCELLED in moves] == [S.PENDING]
    assert not any(S.PENDING in moves for moves in MOVES.values())


def test_only_what_is_paid_and_stands_can_be_sent() -> None:
    shippable = {Status.PAID, Status.PREPARING, Status.FULFILLED}
    for status in set(Status) - {Status.PARTIALLY_REFUNDED}:
        if status in shippable:
            check_shippable(status, Status.PAID)
        else:
            with pytest.raises(OrderNotShippable):
                check_shippable(status, Status.PAID)
    check_shippable(Status.PARTIALLY_REFUNDED, Status.PREPARING)
    with pytest.raises(OrderNotShippable):
        check_shippable(Status.PARTIALLY_REFUNDED, Status.COMPLETED)


told = st.builds(
    Told,
    happened_at=st.integers(0, 5).map(lambda hours: NOW + timedelta(hours=hours)),
    status=st.sampled_from([*S]),
    key=st.text("ab", max_size=3),
)


@given(st.lists(told, max_size=5), st.data())
def test_news_come_to_the_same_in_whatever_order_and_however_often(
    news: list[Told], data: st.DataObject
) -> None:
    came_to = state_after(news)
    again = data.draw(st.permutations(news + news[:2]))
    found = state_after(again)
    assert (found and found.status) == (came_to and came_to.status)
    if any(each.status is S.DELIVERED for each in news) and not any(
        each.status is S.CANCELLED for each in news
    ):
        assert came_to is not None
        assert came_to.status is S.DELIVERED


def test_impossible_dates_are_those_when_we_heard() -> None:
    heard, since = NOW, NOW - timedelta(days=3)
    for at in (None, since - timedelta(seconds=1), NOW + timedelta(days=1), datetime.max.replace(tzinfo=UTC)):
        assert believed(at, since=since, heard_at=heard) == heard
    assert believed(NOW - timedelta(hours=1), since=since, heard_at=heard) == NOW - timedelta(hours=1)
    assert believed(NOW + timedelta(minutes=1), since=since, heard_at=heard) == heard


@st.composite
def orders(draw: st.DrawFn) -> list[Line]:
    lines = []
    for _ in range(draw(st.integers(1, 5))):
        quantity = draw(st.integers(1, 20))
        method = draw(st.sampled_from([*Method]))
        lines.append(
            Line(
                id=str(uuid4()),
                kind=draw(st.sampled_from(["physical", "physical", "digital"])),
                method=method,
                partner_id=draw(st.sampled_from(PARTNERS)) if method is Method.DROPSHIP else None,
                quantity=quantity,
                back=draw(st.integers(0, quantity)),
                placed=draw(st.integers(0, quantity)),
                weight_g=draw(st.integers(0, 2000)),
            )
        )
    return lines


@given(orders())
def test_all_that_is_left_is_split_by_how_it_is_sent_and_nothing_else(lines: list[Line]) -> None:
    left = {line.id: line.left for line in lines if line.left}
    if not left:
        with pytest.raises(NothingLeftToShip):
            split(lines, None)
        return
    parcels = split(lines, None)
    assert {key: units for parcel in parcels for key, units in parcel.units.items()} == left
    ways = [(parcel.method, parcel.partner_id) for parcel in parcels]
    assert len(set(ways)) == len(ways)
    by_id = {line.id: line for line in lines}
    for parcel in parcels:
        assert all((by_id[key].method, by_id[key].partner_id) == parcel[:2] for key in parcel.units)


@given(orders(), st.data())
def test_no_more_is_sent_than_was_ordered_less_what_went_back_and_what_is_sent(
    lines: list[Line], data: st.DataObject
) -> None:
    """Parcel after parcel, of any size, until nothing is left."""
    start = {line.id: line.left for line in lines}
    sent = dict.fromkeys(start, 0)
    for _ in range(6):
        line = data.draw(st.sampled_from(lines))
        wanted = data.draw(st.integers(1, 25))
        now = [each._replace(placed=each.placed + sent[each.id]) for each in lines]
        left = next(each.left for each in now if each.id == line.id)
        if wanted > left:
            with pytest.raises(UnitsNotLeftToShip):
                split(now, {line.id: wanted})
        else:
            [parcel] = split(now, {line.id: wanted})
            sent[line.id] += parcel.units[line.id]
    assert all(sent[key] <= start[key] for key in start)
    with pytest.raises(ItemNotInOrder):
        split(lines, {"another": 1})


def test_staff_may_say_how_lines_are_sent() -> None:
    line = Line("a", "physical", Method.DROPSHIP, PARTNERS[1], 2, 0, 0, 0)
    assert split([line], {"a": 1}, Method.MICRO_HUB)[0][:2] == (Method.MICRO_HUB, None)
    assert split([line], None, Method.DROPSHIP)[0][:2] == (Method.DROPSHIP, PARTNERS[1])
    with pytest.raises(NothingLeftToShip):
        split([line], None, Method.MICRO_HUB)


def _sent(number: int, status: ShipmentStatus, **units: int) -> Sent:
    at = NOW + timedelta(days=number) if status is S.DELIVERED else None
    return Sent(uuid4(), number, status, at, units)


def _line(quantity: int, back: int, placed: int) -> Line:
    return Line("a", "physical", Method.MICRO_HUB, None, quantity, back, placed, 100)


@pytest.mark.parametrize(
    ("left", "statuses", "expected"),
    [
        (0, (), None),
        (2, (), None),
        (1, (S.PENDING,), Status.PREPARING),
        (1, (S.DELIVERED,), Status.PREPARING),
        (0, (S.SHIPPED, S.PENDING), Status.PREPARING),
        (0, (S.SHIPPED,), Status.FULFILLED),
        (0, (S.SHIPPED, S.DELIVERED), Status.FULFILLED),
        (0, (S.DELIVERY_FAILED,), Status.FULFILLED),
        (0, (S.DELIVERED, S.DELIVERED), Status.COMPLETED),
        (0, (S.DELIVERED, S.CANCELLED, S.RETURNED), Status.COMPLETED),
        (0, (S.CANCELLED, S.LOST), None),
    ],
)
def test_an_order_is_as_far_as_its_shipments(
    left: int, statuses: tuple[ShipmentStatus, ...], expected: Status | None
) -> None:
    alive = sum(status not in DEAD for status in statuses)
    sent = [_sent(number, status, a=1) for number, status in enumerate(statuses, 1)]
    assert reached([_line(alive + left, 0, alive)], sent) == expected


def test_what_was_given_back_for_needs_no_sending() -> None:
    assert reached([_line(3, 2, 1)], [_sent(1, S.DELIVERED, a=1)]) is Status.COMPLETED


def test_pending_shipments_of_what_went_back_are_called_off_the_latest_first() -> None:
    sent = [_sent(1, S.SHIPPED, a=1), _sent(2, S.PENDING, a=1), _sent(3, S.PENDING, a=1)]
    assert surplus([_line(3, 0, 3)], sent) == []
    assert [each.number for each in surplus([_line(3, 1, 3)], sent)] == [3]
    assert [each.number for each in surplus([_line(3, 3, 3)], sent)] == [3, 2]


def test_the_last_parcel_decides_when_an_order_was_delivered() -> None:
    sent = [_sent(2, S.DELIVERED, a=1), _sent(1, S.DELIVERED, a=1), _sent(3, S.LOST, a=1)]
    assert last_delivery(sent) == NOW + timedelta(days=2)
    assert last_delivery([]) is None


@given(st.integers(0, 10**9), st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_the_shares_of_all_units_sum_to_the_line(amount: int, parts: list[int]) -> None:
    whole, before, given_out = sum(parts), 0, 0
    for units in parts:
        given_out += share(amount, whole, before, units)
        before += units
    assert given_out == amount
