"""A customer can buy: from the list of products to the confirmation mail, and staff see it."""

import re
import shutil
import subprocess
from typing import Any

import pytest

from local.demo import ids
from local.files import CHECKOUT
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import ABROAD, PARIS, Shopper, Staff, levels

pytestmark = pytest.mark.usefixtures("unlimited")


def euros(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


def test_a_guest_browses_fills_a_cart_pays_and_is_sent_a_confirmation(run: LocalRun) -> None:
    before = Staff(run).stock(ids.COFFEE_VARIANT)

    shown = run.http.get("/v1/store/products", params={"limit": 100}).json()
    slug = next(each["slug"] for each in shown["data"] if each["available"])
    detail = run.http.get(f"/v1/store/products/{slug}").json()
    assert detail["title"] in [each["title"] for each in shown["data"]]

    lea = Shopper(run).filled(ids.COFFEE_VARIANT, 2)
    assert lea.cart["totals"]["subtotal"] == euros(2 * 990)
    assert lea.cart["can_checkout"] is True
    held = Staff(run).stock(ids.COFFEE_VARIANT)
    assert levels(held) == (before["on_hand"], before["reserved"] + 2, before["available"] - 2)

    options = run.http.get("/v1/store/shipping-options", params={"country": "FR"}).json()["data"]
    assert "standard" in [option["id"] for option in options]
    preview = lea.preview()
    assert preview.status_code == 200, preview.text
    charged = lea.check_out()
    assert charged.status_code == 201, charged.text
    assert charged.json()["order"]["totals"] == preview.json()["totals"]
    assert lea.order["status"] == "pending_payment"

    confirmed = lea.pay()
    assert confirmed.json()["status"] == "succeeded"
    assert confirmed.json()["amount"] == preview.json()["totals"]["total"]["amount"]
    run.settle()

    staff = Staff(run)
    order = staff.order(lea.order["id"])
    assert order["status"] == "paid"
    assert [(move["from"], move["to"]) for move in order["history"]][-1] == ("pending_payment", "paid")
    assert [payment["status"] for payment in order["payments"]] == ["captured"]
    assert lea.order["id"] in [each["id"] for each in staff.get("/v1/admin/orders").json()["data"]]
    after = staff.stock(ids.COFFEE_VARIANT)
    assert levels(after) == (before["on_hand"] - 2, before["reserved"], before["available"] - 2)
    sale = after["movements"][0]
    assert (sale["type"], sale["quantity"], sale["order_id"]) == ("sale", -2, lea.order["id"])
    [mail] = lea.mails()
    assert mail["template"] == "order_confirmation"


@pytest.mark.parametrize(
    ("language", "subject", "words", "amount"),
    [
        (
            "fr-FR,fr;q=0.9",
            "Votre commande {number} est confirmée",
            ["Merci Léa", "Total payé"],
            "14,80\xa0€",
        ),
        ("en-GB,en;q=0.9", "Your order {number} is confirmed", ["Thank you, Léa", "Total paid"], "€14.80"),
    ],
)
def test_the_confirmation_speaks_the_customers_language(
    run: LocalRun, language: str, subject: str, words: list[str], amount: str
) -> None:
    buyer = Shopper(run, language=language).paid()
    run.settle()
    [mail] = buyer.mails()
    assert mail["to"] == buyer.email
    assert mail["from"] == "Comptoir de la Deûle <shop@comptoir.example>"
    assert mail["subject"] == subject.format(number=buyer.order["number"])
    for part in (mail["html"], mail["text"]):
        assert amount in part
        assert "Café « Sablon »" in part
        for word in words:
            assert word in part
    assert mail["html"].startswith("<!doctype html>")
    assert mail["html"].lower().rstrip().endswith("</html>")
    assert "<" not in mail["text"]
    shop, invoice = sorted(mail["links"], reverse=True)
    assert shop == "https://shop.demo.test"
    assert invoice.startswith(f"{run.url}/v1/store/orders/")
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("country", "rate", "subtotal", "shipping", "tax"),
    [
        # A notebook for 15.00: prices hold French VAT and stay what they are all over the EU, so the tax in them differs.
        ("FR", "20", 1500, 490, 332),
        ("BE", "21", 1500, 690, 380),
        ("LU", "17", 1500, 690, 318),
        # Switzerland lies outside of VAT: what was in the price is taken off.
        ("CH", "0", 1250, 1290, 0),
    ],
)
def test_each_country_has_its_own_shipping_and_tax(
    run: LocalRun, country: str, rate: str, subtotal: int, shipping: int, tax: int
) -> None:
    address = {"FR": PARIS, **ABROAD}[country]
    buyer = Shopper(run).filled(ids.variant(9, 1))
    asked = {"country": country, "postcode": address["postcode"], "cart_id": buyer.cart["id"]}
    offered = run.http.get("/v1/store/shipping-options", params=asked, headers=buyer.headers()).json()["data"]
    [standard] = [option for option in offered if option["id"] == "standard"]
    preview = buyer.preview(shipping_address=address).json()
    assert preview["totals"] == {
        "subtotal": euros(subtotal),
        "discount": euros(0),
        "shipping": euros(shipping),
        "tax": euros(tax),
        "total": euros(subtotal + shipping),
        "points": 0,
    }
    assert standard["price"] == euros(shipping)
    net = subtotal + shipping - tax
    [line] = preview["tax_lines"]
    assert (line["rate"], line["net"], line["tax"]) == (rate, euros(net), euros(tax))
    placed = buyer.check_out(shipping_address=address)
    assert placed.json()["order"]["totals"] == preview["totals"]
    assert buyer.pay().json()["amount"] == subtotal + shipping


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_readmes_walk_works_when_pasted(run: LocalRun) -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    [walk] = [block for block in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL) if "curl" in block]
    here = walk.replace("http://127.0.0.1:3000", run.url)
    assert here != walk
    done = subprocess.run(["bash"], input=here, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    said = done.stdout.splitlines()
    assert any("'pending_payment'" in line for line in said)
    assert "succeeded" in said
    assert any(re.fullmatch(r"Votre commande \d+ est confirmée", line) for line in said)
    assert re.fullmatch(r"\[\(\d+, 'paid'\)\]", said[-2])
    assert "'on_hand'" in said[-1]
