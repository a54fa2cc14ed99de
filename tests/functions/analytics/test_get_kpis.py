"""GET /v1/admin/analytics/kpis: the figures of a period, checked against the orders one by one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.analytics.get_kpis import handler
from shared.analytics.kpis import average
from shared.analytics.periods import MOST_DAYS, PeriodInvalid, period
from shared.identity.permissions import Role
from shared.migrations.provision import DatabaseUrls
from shared.orders import figures
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import Buyer, captured, for_sale
from tests.database_server import TestServer
from tests.functions.orders.conftest import Desk
from tests.functions.orders.conftest import desk as desk
from tests.gateway import Answer, call
from tests.leavers import choose, left
from tests.people import Person
from tests.till import Clock

PATH = "/v1/admin/analytics/kpis"
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def support(brand: Brand, issuer: str) -> Person:
    return Person.staff(brand, Role.SUPPORT)


def ask(by: Person, **query: Any) -> Answer:
    return by.call(handler, "GET", PATH, query=query)


def report(by: Person, first: str | None = None, last: str | None = None) -> dict[str, Any]:
    query = {name: value for name, value in (("from", first), ("to", last)) if value}
    answer = ask(by, **query)
    assert answer.status == 200, answer.body
    return dict(answer.body)


def settle_at(desk: Desk, order_id: str, paid: str, refunded: str | None = None) -> None:
    with begin(desk.brand, "test") as work:
        work.run("UPDATE orders.orders SET paid_at = %(at)s WHERE id = %(id)s", at=paid, id=order_id)
        if refunded:
            work.run(
                "UPDATE orders.refunds SET settled_at = %(at)s WHERE order_id = %(id)s",
                at=refunded,
                id=order_id,
            )


def test_a_shop_without_buyers_has_sold_nothing(support: Person) -> None:
    told = report(support)
    now = told["current"]
    assert now["revenue"] == {"amount": 0, "currency": "EUR"}
    assert (now["orders"], now["average_order_value"], now["conversion_rate"]) == (0, None, None)
    assert now["other_currencies"] == []
    assert now["recovery"]["incremental_revenue"] is None
    assert set(told["change"].values()) == {None}
    assert now["period"]["days"] == told["previous"]["period"]["days"] == 30
    assert told["timezone"] == "Europe/Paris"


def test_what_was_paid_counts_and_what_waits_does_not(desk: Desk, support: Person) -> None:
    paid = [desk.paid(1), desk.paid(2)]
    desk.unpaid()
    Buyer.of(desk.brand)
    now = report(support)["current"]
    total = sum(each.now.totals.total.amount for each in paid)
    assert (now["gross_revenue"]["amount"], now["orders"]) == (total, 2)
    assert now["average_order_value"]["amount"] == average(total, 2)
    # A cart into which nothing was put is nobody's that might have bought.
    assert (now["carts"], now["converted_carts"], now["conversion_rate"]) == (3, 2, 0.6667)


def test_a_refund_counts_on_the_day_it_succeeds(desk: Desk, support: Person) -> None:
    bought = desk.paid(2)
    back = bought.refund(lines=bought.line()).body["refund"]["amount"]["amount"]
    total = bought.now.totals.total.amount
    settle_at(desk, bought.id, "2026-03-15T12:00:00Z", "2026-04-02T12:00:00Z")
    told = report(support, "2026-04-01", "2026-04-30")
    assert told["current"]["revenue"]["amount"] == -back
    assert (told["current"]["orders"], told["current"]["refunded"]["amount"]) == (0, back)
    march = report(support, "2026-03-01", "2026-03-31")["current"]
    assert (march["revenue"]["amount"], march["refunded"]["amount"]) == (total, 0)


def test_what_was_paid_too_much_is_neither_revenue_nor_refund(desk: Desk, support: Person) -> None:
    bought = desk.paid(2)
    desk.paid_again(bought)
    total = bought.now.totals.total.amount
    bought.refund(amount={"amount": total, "currency": "EUR"})
    now = report(support)["current"]
    assert (now["gross_revenue"]["amount"], now["refunded"]["amount"]) == (total, 0)


def test_an_order_cancelled_after_its_payment_comes_to_nothing(desk: Desk, support: Person) -> None:
    bought = desk.paid(2)
    assert bought.cancel().status == 200
    now = report(support)["current"]
    assert now["gross_revenue"] == now["refunded"]
    assert now["revenue"]["amount"] == 0


def test_days_are_the_brands(desk: Desk, support: Person) -> None:
    bought = desk.paid(1)
    settle_at(desk, bought.id, "2026-06-30T22:30:00Z")
    assert report(support, "2026-07-01", "2026-07-01")["current"]["orders"] == 1
    assert report(support, "2026-06-30", "2026-06-30")["current"]["orders"] == 0


def test_the_period_before_is_as_long(desk: Desk, support: Person) -> None:
    first, second = desk.paid(1), desk.paid(2)
    settle_at(desk, first.id, "2026-05-20T12:00:00Z")
    settle_at(desk, second.id, "2026-06-03T12:00:00Z")
    told = report(support, "2026-06-01", "2026-06-14")
    assert told["previous"]["period"] == {"from": "2026-05-18", "to": "2026-05-31", "days": 14}
    before, now = (told[name]["revenue"]["amount"] for name in ("previous", "current"))
    assert (before, now) == (first.now.totals.total.amount, second.now.totals.total.amount)
    assert told["change"]["revenue"] == round((now - before) / before, 4)
    assert told["change"]["orders"] == 0


def test_other_currencies_stand_apart(desk: Desk, support: Person) -> None:
    desk.paid(1)
    bought = desk.paid(1)
    with begin(desk.brand, "test") as work:
        work.run("UPDATE orders.orders SET currency = 'CHF' WHERE id = %(id)s", id=bought.id)
    now = report(support)["current"]
    assert (now["currency"], now["orders"]) == ("EUR", 1)
    [other] = now["other_currencies"]
    assert (other["currency"], other["orders"]) == ("CHF", 1)
    assert other["revenue"]["currency"] == "CHF"


def test_new_customers_are_those_whose_record_began(desk: Desk, support: Person, at: Clock) -> None:
    before = report(support)["current"]["new_customers"]
    Person.member(desk.brand)
    assert report(support)["current"]["new_customers"] == before + 1
    at.move(days=60)
    later = Person.staff(desk.brand, Role.SUPPORT)
    assert report(later)["current"]["new_customers"] == 0


def test_carts_that_were_left_and_bought_after_all_are_recovered(desk: Desk, at: Clock) -> None:
    bought = left(desk.brand, at, "a@example.com", price=10_000)
    left(desk.brand, at, None, price=700)
    choose(desk.brand, hold_out_percent=100)
    left(desk.brand, at, "c@example.com", price=2000)
    paid = bought.check_out(email="a@example.com")
    captured(desk.brand, desk.till, desk.bus, paid)
    total = paid.body["order"]["totals"]["total"]["amount"]
    now = report(Person.staff(desk.brand, Role.SUPPORT))["current"]
    assert (now["abandoned_carts"], now["abandoned_revenue"]["amount"]) == (3, 12_700)
    assert (now["recovered_carts"], now["recovered_revenue"]["amount"]) == (1, total)
    recovery = now["recovery"]
    assert [recovery[name]["carts"] for name in ("mailed", "held_out", "unreachable")] == [1, 1, 1]
    assert recovery["incremental_revenue"]["amount"] == total
    assert (now["carts"], now["converted_carts"]) == (3, 1)


def test_who_may_see_it(desk: Desk, another_brand: Brand, support: Person) -> None:
    desk.paid(1)
    assert ask(Person.member(desk.brand)).status == 403
    assert call(handler, "GET", PATH, headers={"x-brand": desk.brand.slug}).status == 401
    assert report(Person.staff(another_brand, Role.ADMIN))["current"]["orders"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-06-02", "to": "2026-06-01"},
        {"from": "2024-01-01", "to": "2026-06-01"},
        {"from": "1763600000"},
        {"from": "yesterday"},
        {"to": "9999-12-31"},
        {"from": "0001-01-01"},
        {"from": "2026-13-01"},
    ],
)
def test_what_is_no_period_is_refused(support: Person, query: dict[str, str]) -> None:
    assert ask(support, **query).status == 422


_COPY = """
    INSERT INTO orders.{table} ({columns})
    SELECT {columns} FROM (SELECT (jsonb_populate_record(r, to_jsonb(r) || {changed})).*
                             FROM orders.{table} r, generate_series(1, {rows}) n) AS made
"""
# Each order is found by its words, which take their time.
_ROWS = {"orders": 300, "refunds": 3000}
_WRITTEN = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
     WHERE table_schema = 'orders' AND table_name = %s AND is_generated = 'NEVER'
"""
_CHANGED = {
    "orders": """jsonb_build_object('id', lpad(to_hex(n), 32, '0')::uuid, 'number', 1000 + n, 'cart_id', NULL,
                                    'paid_at', r.paid_at - n * interval '3 hours')""",
    "refunds": """jsonb_build_object('id', lpad(to_hex(n), 32, '0')::uuid, 'order_id', lpad(to_hex(n), 32, '0')::uuid,
                                     'settled_at', r.settled_at - n * interval '3 hours')""",
}


def test_a_period_is_found_by_index(desk: Desk, database: DatabaseUrls, postgres: TestServer) -> None:
    """However many orders there are of all time: the plan reads those of the period."""
    desk.paid(2).refund()
    asked = {"since": datetime.now(UTC) - timedelta(days=1), "until": datetime.now(UTC) + timedelta(days=1)}
    superuser = postgres.admin_url.rpartition("/")[0] + "/" + database.app.rpartition("/")[2]
    with psycopg.connect(superuser) as connection:
        # No trigger, and so no words to be found by, for what is only counted.
        connection.execute("SET LOCAL session_replication_role = replica")
        for table, changed in _CHANGED.items():
            [columns] = connection.execute(_WRITTEN, (table,)).fetchone() or [""]
            copy = _COPY.format(table=table, columns=columns, changed=changed, rows=_ROWS[table])
            connection.execute(copy.encode())
    with psycopg.connect(database.owner, autocommit=True) as connection:
        connection.execute("ANALYZE orders.orders, orders.refunds")
    with psycopg.connect(database.app) as connection:
        connection.execute("SELECT set_config('app.brand', %s, true)", (str(desk.brand.id),))
        connection.execute("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in connection.execute("EXPLAIN " + figures._SALES, asked).fetchall())
    assert "orders_by_payment" in plan
    assert "refunds_by_settling" in plan
    assert "Seq Scan" not in plan


@given(
    st.dates(date(2001, 1, 1), date(2100, 1, 1)),
    st.integers(1, MOST_DAYS),
    st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"]),
)
def test_a_period_and_the_one_before_meet_and_have_the_same_days(first: date, days: int, zone: str) -> None:
    found = period(first, first + timedelta(days=days - 1), zone, datetime(2026, 1, 1, tzinfo=UTC))
    assert found.days == found.before.days == days
    assert found.before.until == found.since < found.until


def test_today_is_the_last_day_unless_another_is_named() -> None:
    now = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    found = period(None, None, "Europe/Paris", now)
    assert (found.last, found.days) == (date(2026, 11, 21), 30)
    assert found.until == datetime(2026, 11, 22, tzinfo=PARIS)
    with pytest.raises(PeriodInvalid):
        period(date(2020, 1, 1), None, "Europe/Paris", now)


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_an_average_is_rounded_half_up(amount: int, count: int) -> None:
    found = average(amount, count)
    assert found is not None
    assert -count < 2 * (amount - found * count) <= count or 2 * (found * count - amount) == count


def test_something_for_sale_is_no_cart(desk: Desk, support: Person) -> None:
    for_sale(desk.brand)
    assert report(support)["current"]["carts"] == 0
