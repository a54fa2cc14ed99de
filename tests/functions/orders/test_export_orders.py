"""GET /v1/admin/orders/export.csv."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.orders.export_orders import handler
from shared.identity.permissions import Role
from shared.orders import exporting
from shared.orders.exporting import as_asked, as_wanted
from shared.orders.lifecycle import Status
from shared.orders.listing import Filter
from shared.platform import csv_files
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import PARIS
from tests.functions.orders.conftest import Desk
from tests.gateway import Answer, call
from tests.invoicing import Back
from tests.people import Person, rows

PATH = "/v1/admin/orders/export.csv"


def ask(by: Person, **query: Any) -> Answer:
    return by.call(handler, "GET", PATH, query=query)


def table(answer: Answer) -> list[dict[str, str]]:
    assert answer.status == 200, answer.body
    return list(csv.DictReader(io.StringIO(answer.body, newline="")))


def test_orders_are_written_the_oldest_first(desk: Desk, back: Back) -> None:
    first, second = desk.paid(3), desk.unpaid()
    first.refund(lines=first.line())
    back.issue()
    answer = ask(desk.manager)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="maison-orders-')
    paid, waiting = table(answer)
    order = first.now
    assert (paid["Number"], paid["Status"], paid["Items"]) == (str(order.number), "partially_refunded", "3")
    assert paid["Total"] == f"{order.totals.total.amount / 100:.2f}"
    assert paid["Refunded"] == f"{order.payments[0].refunded.amount / 100:.2f}"
    assert (paid["Currency"], paid["Country"], paid["Payment method"]) == ("EUR", "FR", "stripe")
    assert paid["Invoice"] == first.seen()["invoices"][0]["number"]
    assert datetime.fromisoformat(paid["Placed at"]).utcoffset() in (timedelta(hours=1), timedelta(hours=2))
    assert (waiting["Order id"], waiting["Paid at"], waiting["Refunded"]) == (second.id, "", "0.00")


def test_what_a_buyer_typed_in_is_no_formula(desk: Desk) -> None:
    desk.unpaid(shipping_address=PARIS | {"first_name": '=cmd|"/C calc"!A0', "company": "@SUM(A1)"})
    [row] = table(ask(desk.manager))
    assert row["Name"] == '\'=cmd|"/C calc"!A0 Byron'
    assert row["Company"] == "'@SUM(A1)"


def test_the_lists_filters_hold(desk: Desk) -> None:
    paid, waiting = desk.paid(), desk.unpaid(1)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert [row["Order id"] for row in table(ask(desk.manager, status="PAID"))] == [paid.id]
    assert [row["Order id"] for row in table(ask(desk.manager, q=str(waiting.now.number)))] == [waiting.id]
    assert table(ask(desk.manager, since=tomorrow)) == []
    assert table(ask(desk.manager, max_total=0)) == []
    assert table(ask(desk.manager, customer_id=str(uuid4()))) == []
    assert ask(desk.manager, status="lost").status == 422
    assert ask(desk.manager, since="1763600000").status == 422


def test_many_batches_are_one_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.orders import export_rows

    monkeypatch.setattr(export_rows, "_BATCH", 2)
    ids = [desk.unpaid(1).id for _ in range(5)]
    assert [row["Order id"] for row in table(ask(desk.manager))] == ids


def test_more_than_an_answer_holds_is_a_job(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.unpaid()
    for module, name in ((exporting, "MOST_AT_ONCE"), (csv_files, "MOST_BYTES")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, 0)
            answer = ask(desk.manager, status="pending_payment")
        assert (answer.status, answer.body["status"]) == (202, "waiting")
        [job] = rows(
            desk.brand,
            "SELECT kind, needs, asked FROM platform.background_jobs WHERE id = %(id)s",
            id=answer.body["id"],
        )
        assert (job.kind, job.needs) == ("orders.export", "orders:export")
        assert job.asked == {"statuses": ["pending_payment"]}
    assert len(desk.told("order_export.asked")) == 2


def test_who_has_read_what_is_noted(desk: Desk) -> None:
    ask(desk.manager, status="paid")
    [entry] = rows(
        desk.brand, "SELECT resource FROM platform.audit_logs WHERE action = 'orders.export_orders'"
    )
    assert entry.resource == {"statuses": ["paid"]}


def test_support_may_not_and_nobody_sees_another_brands(desk: Desk, another_brand: Brand) -> None:
    desk.unpaid()
    assert ask(Person.staff(desk.brand, Role.SUPPORT)).status == 403
    assert call(handler, "GET", PATH, headers={"x-brand": desk.brand.slug}).status == 401
    assert table(ask(Person.staff(another_brand, Role.MANAGER))) == []


@given(
    st.builds(
        Filter,
        statuses=st.lists(st.sampled_from(Status), max_size=3),
        search=st.text(max_size=10),
        since=st.none() | st.datetimes(timezones=st.just(UTC)),
        until=st.none() | st.datetimes(timezones=st.just(UTC)),
        min_total=st.none() | st.integers(0, 10**12),
        max_total=st.none() | st.integers(0, 10**12),
        customers=st.none() | st.just([UUID(int=7)]),
        gateway=st.sampled_from([None, "stripe", "paypal"]),
        open_withdrawal=st.booleans(),
    )
)
def test_a_job_remembers_just_what_was_asked(wanted: Filter) -> None:
    remembered = as_wanted(as_asked(wanted))
    assert remembered._replace(statuses=list(remembered.statuses)) == wanted


def test_one_export_is_of_one_moment_of_each_order(desk: Desk) -> None:
    """An order that is placed while the file is written is in it or not, and never twice."""
    for _ in range(3):
        desk.unpaid(1)
    with begin(desk.brand, "test") as work:
        from shared.orders import export_rows

        lines = export_rows.rows(work, Filter())
        first = next(lines)
        desk.unpaid(1)
        rest = list(lines)
    numbers = [line[0] for line in [first, *rest]]
    assert len(numbers) == len(set(numbers)) >= 3
