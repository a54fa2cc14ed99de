"""What a purchase leaves in the books, over HTTP: the invoice that the mail leads to, its XML, the credit note, the export, the figures."""

import csv
import io
import uuid
from decimal import Decimal
from typing import Any

import httpx
import pytest

from local.demo import ids
from shared.kernel.currencies import in_major_units
from tests.invoicing import Rules, amount, value, words_in, xml_in
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff

pytestmark = pytest.mark.usefixtures("unlimited")

NOTEBOOK = ids.variant(9, 1)


def major(money: dict[str, Any]) -> Decimal:
    return Decimal(in_major_units(money["amount"], money["currency"]))


def pdf_behind(answer: httpx.Response) -> bytes:
    """What a browser saves that follows the redirection."""
    assert answer.status_code == 302, answer.text
    got = httpx.get(answer.headers["location"], timeout=60)
    assert (got.status_code, got.headers["content-type"]) == (200, "application/pdf")
    assert got.headers["content-disposition"].endswith('.pdf"')
    return got.content


def test_a_purchase_is_in_the_books_to_the_cent(run: LocalRun, rules: Rules) -> None:
    admin = Staff(run, "admin@demo.test")
    before = admin.get("/v1/admin/analytics/kpis").json()["current"]
    buyer = Shopper(run).filled(NOTEBOOK, 3)
    previewed = buyer.preview().json()["totals"]
    assert buyer.check_out().status_code == 201
    assert buyer.pay().status_code == 200
    run.settle()
    order = admin.order(buyer.order["id"])
    assert order["totals"]["total"] == previewed["total"]

    [mail] = buyer.mails()
    [link] = [each for each in mail["links"] if "invoice.pdf" in each]
    pdf = pdf_behind(run.http.get(link))
    xml = xml_in(pdf)
    assert rules.broken(xml) == []
    assert amount(xml, "GrandTotalAmount") == major(previewed["total"])
    assert amount(xml, "TaxTotalAmount") == major(previewed["tax"])
    assert value(xml, "SellerOrderReferencedDocument/IssuerAssignedID") == str(order["number"])
    [invoice] = order["invoices"]
    assert invoice["number"] in words_in(pdf)
    assert "Léa Martin" in words_in(pdf)

    line = {"item_id": order["items"][0]["id"], "quantity": 1}
    refund = run.http.post(
        f"/v1/admin/orders/{order['id']}/refunds",
        json={"lines": [line], "reason": "One was broken"},
        headers=admin.headers | {"Idempotency-Key": str(uuid.uuid4())},
    ).json()["refund"]
    run.settle()
    note = admin.order(order["id"])["invoices"][1]
    path = f"/v1/admin/orders/{order['id']}/invoice.pdf"
    credit = xml_in(pdf_behind(admin.get(path, number=note["number"])))
    assert rules.broken(credit) == []
    assert amount(credit, "GrandTotalAmount") == major(refund["amount"])
    assert value(credit, "InvoiceReferencedDocument/IssuerAssignedID") == invoice["number"]
    assert pdf_behind(admin.get(path)) == pdf

    sheet = admin.get("/v1/admin/orders/export.csv", q=str(order["number"]))
    [row] = [
        each
        for each in csv.DictReader(io.StringIO(sheet.text, newline=""))
        if each["Order id"] == order["id"]
    ]
    assert (row["Invoice"], Decimal(row["Total"])) == (invoice["number"], major(previewed["total"]))
    assert Decimal(row["Refunded"]) == major(refund["amount"])

    now = admin.get("/v1/admin/analytics/kpis").json()["current"]
    assert now["orders"] == before["orders"] + 1
    earned = previewed["total"]["amount"] - refund["amount"]["amount"]
    assert now["revenue"]["amount"] == before["revenue"]["amount"] + earned
