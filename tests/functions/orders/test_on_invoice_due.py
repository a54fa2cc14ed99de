"""order.paid, refund.succeeded: invoices and credit notes, numbered without gaps, once each."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from functions.orders.on_invoice_due import handler
from shared.billing.invoices.of_orders import numbers_of_orders
from shared.orders.invoicing import invoice_order
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import BRUSSELS, PARIS
from tests.functions.orders.conftest import Desk
from tests.gateway import batch
from tests.invoicing import SELLER, Back, say_who_sells
from tests.killing import DieAt, Killed
from tests.people import rows

BERN = PARIS | {"line1": "Bundesplatz 3", "postcode": "3011", "city": "Bern", "country": "CH"}
CHOCOLATE = BRUSSELS | {"company": "Chocolaterie SA", "vat_number": "BE 0417.497.106"}


def due(desk: Desk) -> list[dict[str, Any]]:
    desk.bus.relay()
    return desk.bus.of("order.paid") + desk.bus.of("refund.succeeded")


def numbers(back: Back, kind: str = "invoice") -> list[str]:
    return sorted(row.number for row in back.documents() if row.kind == kind)


def test_an_order_that_is_paid_gets_an_invoice_of_just_its_amounts(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    back.issue()
    [row] = back.documents(bought.id)
    order = bought.now
    year = row.issued_at.year
    assert (row.number, row.status, row.kind) == (f"INV-{year}-000001", "paid", "invoice")
    assert (row.total_amount, row.tax_amount) == (order.totals.total.amount, order.totals.tax.amount)
    assert row.paid_amount == row.total_amount
    assert row.seller["name"] == SELLER["name"]
    assert row.buyer["name"] == "Ada Byron"
    assert sum(line["net"] + line["tax"] for line in row.lines) == row.total_amount
    assert {line["kind"] for line in row.lines} == {"item", "shipping"}


def test_a_refund_gets_a_credit_note_that_names_the_invoice(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    amount = bought.refund(lines=bought.line(), restock=True).body["refund"]["amount"]["amount"]
    back.issue()
    invoice, note = back.documents(bought.id)
    assert (note.number[:3], note.kind, note.corrects_id) == ("CN-", "credit_note", invoice.id)
    assert (note.total_amount, note.status, invoice.status) == (amount, "paid", "paid")
    assert [line["quantity"] for line in note.lines] == [1]
    bought.refund()
    back.issue()
    invoice, *notes = back.documents(bought.id)
    assert sum(each.total_amount for each in notes) == invoice.total_amount
    assert sum(each.tax_amount for each in notes) == invoice.tax_amount
    assert invoice.status == "refunded"
    assert numbers(back, "credit_note") == [f"CN-{note.issued_at.year}-{number:06}" for number in (1, 2)]


def test_an_amount_without_units_is_one_line_of_the_credit_note(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    bought.refund(amount={"amount": 500, "currency": "EUR"})
    back.issue()
    note = back.documents(bought.id)[1]
    assert note.total_amount == 500
    assert {line["quantity"] for line in note.lines} == {1}


def test_what_was_paid_too_much_is_in_no_document(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    desk.paid_again(bought)
    bought.refund(amount={"amount": bought.now.totals.total.amount, "currency": "EUR"})
    back.issue()
    assert [row.kind for row in back.documents(bought.id)] == ["invoice"]


def test_delivered_twice_and_out_of_order_it_is_written_once(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    bought.refund(lines=bought.line())
    told = due(desk)
    for _ in range(2):
        assert handler(batch(reversed(told)), None) == {"batchItemFailures": []}
    assert [row.kind for row in back.documents(bought.id)] == ["invoice", "credit_note"]


@pytest.mark.parametrize("step", ["before_story", "before_commit", "after_commit"])
def test_killed_at_any_step_it_leaves_no_gap_and_no_second_invoice(
    desk: Desk, back: Back, die_at: DieAt, step: str
) -> None:
    desk.paid(), desk.paid()
    die_at(step)
    with pytest.raises(Killed):
        handler(batch(due(desk)), None)
    back.issue(times=2)
    assert [number[-6:] for number in numbers(back)] == ["000001", "000002"]


def test_many_at_once_get_numbers_without_gaps(desk: Desk, back: Back) -> None:
    for _ in range(8):
        desk.paid(1)
    # Each of them twice, to workers that know nothing of each other.
    told = due(desk) * 2
    with ThreadPoolExecutor(6) as workers:
        answers = list(workers.map(lambda each: handler(batch([each]), None), told))
    assert answers == [{"batchItemFailures": []}] * len(told)
    assert [number[-6:] for number in numbers(back)] == [f"{number:06}" for number in range(1, 9)]


def test_a_transaction_that_fails_gives_its_number_back(desk: Desk, back: Back) -> None:
    bought = desk.paid()

    def fail() -> None:
        with begin(desk.brand, "test") as work:
            invoice_order(work, bought.now.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    back.issue()
    assert [number[-6:] for number in numbers(back)] == ["000001"]


def test_each_brand_counts_for_itself(desk: Desk, back: Back, another_brand: Brand) -> None:
    say_who_sells(another_brand)
    desk.paid()
    other = Desk(another_brand, desk.till, desk.bus, desk.admin, desk.manager)
    other.paid()
    back.issue()
    theirs = rows(another_brand, "SELECT number FROM billing.invoices")
    assert [row.number for row in theirs] == numbers(back)


@pytest.mark.parametrize(
    "change",
    [
        "total_amount = total_amount + 1, net_amount = net_amount + 1",
        "number = 'INV-2026-999999'",
        'buyer = buyer || \'{"name": "Somebody else"}\'',
        "lines = '[]'",
        "issued_on = issued_on - 1",
        'seller = seller || \'{"name": "Another"}\'',
    ],
)
def test_what_is_issued_never_changes(desk: Desk, back: Back, change: str) -> None:
    desk.paid()
    back.issue()
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation), begin(desk.brand, "test") as work:
        work.run("UPDATE billing.invoices SET " + change)


def test_what_is_issued_is_never_deleted(desk: Desk, back: Back) -> None:
    desk.paid()
    back.issue()
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation), begin(desk.brand, "test") as work:
        work.run("DELETE FROM billing.invoices")


def test_without_the_sellers_details_it_waits_as_a_draft(desk: Desk, back: Back) -> None:
    say_who_sells(desk.brand, {"name": "Half a shop", "country": "FR"})
    bought = desk.paid()
    bought.refund(lines=bought.line())
    back.issue()
    assert [(row.status, row.number, row.seller) for row in back.documents(bought.id)] == [
        ("draft", None, None)
    ] * 2
    assert desk.told("invoice.issued") == []


def test_a_business_elsewhere_in_the_union_is_named_with_its_number(desk: Desk, back: Back) -> None:
    bought = desk.paid(shipping_address=CHOCOLATE)
    back.issue()
    [row] = back.documents(bought.id)
    assert (row.tax_amount, row.tax_treatment) == (0, "reverse_charge")
    assert {each["category"] for each in row.tax_lines} == {"K"}
    assert (row.buyer["name"], row.buyer["contact"]) == ("Chocolaterie SA", "Ada Byron")
    assert row.buyer["vat_number"] == "BE 0417.497.106"


@pytest.mark.parametrize(("address", "category"), [(BERN, "G"), (BRUSSELS, "S"), (PARIS, "S")])
def test_a_buyers_country_decides_the_tax(
    desk: Desk, back: Back, address: dict[str, str], category: str
) -> None:
    bought = desk.paid(shipping_address=address)
    back.issue()
    [row] = back.documents(bought.id)
    assert {each["category"] for each in row.tax_lines} == {category}
    assert row.total_amount == bought.now.totals.total.amount


def test_the_sale_has_the_day_of_the_brands_time_zone(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    with begin(desk.brand, "test") as work:
        work.run("UPDATE orders.orders SET paid_at = '2026-06-30T22:30:00Z' WHERE id = %(id)s", id=bought.id)
    back.issue()
    [row] = back.documents(bought.id)
    assert row.supplied_on.isoformat() == "2026-07-01"


def test_a_number_has_the_day_of_the_one_before_it_at_least(desk: Desk, back: Back) -> None:
    desk.paid()
    back.issue()
    with begin(desk.brand, "test") as work:
        work.run("UPDATE billing.invoice_counters SET last_on = last_on + 1")
    bought = desk.paid()
    back.issue()
    first, second = back.documents()
    assert second.order_id == bought.now.id
    assert second.issued_on > first.issued_on


def test_words_that_no_document_can_hold_are_left_out(desk: Desk, back: Back) -> None:
    odd = PARIS | {"first_name": "A\u0001da\u202e", "last_name": "<b>B</b>\ud7ff & Söhne"}
    bought = desk.paid(shipping_address=odd)
    back.follow()
    [row] = back.documents(bought.id)
    assert "\u0001" not in json.dumps(row.buyer, ensure_ascii=False)
    assert row.file_key is not None


def test_another_order_than_ours_is_a_failure_that_is_kept(desk: Desk, back: Back) -> None:
    desk.paid()
    [told] = due(desk)
    told = told | {"id": str(uuid4()), "data": told["data"] | {"order_id": str(uuid4())}, "key": None}
    assert len(handler(batch([told]), None)["batchItemFailures"]) == 1


def test_the_numbers_of_orders_are_told_to_whoever_lists_them(desk: Desk, back: Back) -> None:
    bought = desk.paid()
    back.follow()
    with begin(desk.brand, "test") as work:
        assert numbers_of_orders(work, [bought.now.id]) == {bought.now.id: numbers(back)[0]}
