"""Invoices: the very figures of the purchase, valid by the public rules, whatever is bought, discounted, taxed and given back."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from shared.billing.invoices.en16931 import terms, vat_identifier, xml_of
from shared.billing.invoices.records import Category, Contents, Corrected, Issued, Party, Seller, Status
from shared.billing.invoices.seller import missing_of
from shared.billing.invoices.taxation import category_of
from shared.kernel.currencies import in_major_units
from shared.kernel.money import Money
from shared.orders.invoicing import credit_note_of, invoice_of
from shared.orders.refund_rules import NothingLeftToRefund, Part, Wish, compose
from shared.platform.models import MAX_AMOUNT
from shared.pricing.discounts import AmountOff, PercentageOff, Promotion
from shared.pricing.prices import Line, price, weight_of
from shared.pricing.quote import Quote
from shared.pricing.shipping import choose
from shared.pricing.vat import Destination, TaxRules, Treatment
from tests.invoicing import SELLER, Rules, amount, value

TODAY = date(2026, 11, 20)
WITH_TAX = TaxRules()
ORDER = UUID(int=1)
PARIS = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 rue de Rivoli",
    "postcode": "75001",
    "city": "Paris",
    "country": "FR",
}
BRUSSELS = PARIS | {"postcode": "1000", "city": "Bruxelles", "country": "BE"}
BUSINESS = BRUSSELS | {"company": "Chocolaterie SA", "vat_number": "BE 0417.497.106"}
BERN = PARIS | {"postcode": "3011", "city": "Bern", "country": "CH"}
CAYENNE = PARIS | {"postcode": "97300", "city": "Cayenne"}
ADDRESSES = [PARIS, BRUSSELS, BUSINESS, BERN, CAYENNE]
TAX_CATEGORIES = ["standard", "reduced", "exempt", "super_reduced"]


def bought(
    lines: list[Line],
    address: dict[str, Any],
    *,
    rules: TaxRules = WITH_TAX,
    promotions: tuple[Promotion, ...] = (),
    ship: str | None = "standard",
) -> tuple[Quote, Any]:
    """A purchase as it was priced, and the order's row as checkout writes it."""
    to = Destination(address["country"], address["postcode"], address.get("vat_number"))
    shipping = choose({}, ship, to.country, to.postcode, weight_of(lines), TODAY) if ship else None
    quote = price(
        lines, promotions=promotions, to=to, shipping=shipping, rules=rules, on=TODAY, currency="EUR"
    )
    categories = {line.key: line.tax_category for line in lines}

    def taxed(line: Any) -> dict[str, int]:
        return {"basis_points": line.basis_points, "net": line.net.amount, "tax": line.tax.amount}

    row = SimpleNamespace(
        id=ORDER,
        number=1042,
        customer_id=None,
        locale="fr",
        currency="EUR",
        total_amount=quote.total.amount,
        prices_include_tax=quote.tax_included,
        tax_treatment=quote.treatment.value,
        shipping_lines=[taxed(line) for line in quote.shipping_lines],
        shipping_option={"id": ship, "name": "Domicile"},
        shipping_address=address,
        billing_address=address,
        gateway="stripe",
        items=[
            {
                "id": line.key,
                "title": f"Article {line.key}",
                "sku": line.key,
                "options": {"Taille": "M"},
                "quantity": line.quantity,
                "unit_price_amount": line.unit_price.amount,
                "subtotal_amount": line.subtotal.amount,
                "net_amount": line.net.amount,
                "tax_amount": line.tax.amount,
                "tax_basis_points": line.basis_points,
                "tax_category": categories[line.key],
            }
            for line in quote.lines
        ],
    )
    return quote, row


def issued(contents: Contents, **changed: Any) -> Issued:
    """With a number."""
    credit = contents.kind == "credit_note"
    return Issued(
        **contents.model_dump()
        | {
            "id": UUID(int=2),
            "number": "CN-2026-000001" if credit else "INV-2026-000001",
            "status": Status.PAID,
            "issued_on": TODAY,
            "seller": Seller.model_validate(SELLER),
            "corrected": Corrected(number="INV-2026-000001", issued_on=TODAY) if credit else None,
        }
        | changed
    )


@st.composite
def purchases(draw: st.DrawFn) -> tuple[Quote, Any]:
    lines = [
        Line(
            f"L{number}",
            Money(draw(st.integers(0, 30_000)), "EUR"),
            draw(st.integers(1, 7)),
            draw(st.sampled_from(TAX_CATEGORIES)),
            draw(st.integers(0, 200)),
        )
        for number in range(draw(st.integers(1, 5)))
    ]
    promotions: list[Promotion] = []
    if draw(st.booleans()):
        promotions.append(PercentageOff("A", draw(st.integers(1, 10_000))))
    if draw(st.booleans()):
        promotions.append(AmountOff("B", Money(draw(st.integers(1, 20_000)), "EUR")))
    rules = TaxRules(prices_include_tax=draw(st.booleans()), one_stop_shop=draw(st.booleans()))
    address = draw(st.sampled_from(ADDRESSES))
    # Nobody delivers there.
    ship = None if address is CAYENNE else draw(st.sampled_from([None, "standard"]))
    return bought(lines, address, rules=rules, promotions=tuple(promotions), ship=ship)


@given(purchases())
def test_an_invoice_has_the_very_figures_of_the_purchase(purchase: tuple[Quote, Any]) -> None:
    quote, row = purchase
    made = invoice_of(row, quote.total.amount, TODAY)
    assert (made.total, made.tax, made.paid) == (quote.total.amount, quote.tax.amount, quote.total.amount)
    by_rate: dict[int, tuple[int, int]] = {}
    for each in made.taxed:
        net, tax = by_rate.get(each.basis_points, (0, 0))
        by_rate[each.basis_points] = (net + each.net, tax + each.tax)
    assert by_rate == {line.basis_points: (line.net.amount, line.tax.amount) for line in quote.tax_lines}
    for line in made.lines:
        assert line.full - line.discount == line.net
        assert min(line.full, line.discount, line.net, line.tax) >= 0


@given(purchases())
@settings(max_examples=40)
def test_each_unit_price_times_its_units_is_its_lines_net_to_the_cent(purchase: tuple[Quote, Any]) -> None:
    quote, row = purchase
    said = terms(issued(invoice_of(row, quote.total.amount, TODAY)))
    for line in said["BG-25"]:
        off = sum(Decimal(each["amount"]) for each in line.get("BG-27", ()))
        units, base = Decimal(line["BT-129"]), Decimal(line.get("BT-149", "1"))
        assert Decimal(line["BT-146"]) * units / base - off == Decimal(line["BT-131"])
    assert Decimal(said["BT-109"]) + Decimal(said["BT-110"]) == Decimal(said["BT-112"])
    assert Decimal(said["BT-113"]) + Decimal(said["BT-115"]) == Decimal(said["BT-112"])


@given(purchases())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_invoice_is_valid_by_schema_and_by_the_public_rules(
    rules: Rules, purchase: tuple[Quote, Any]
) -> None:
    quote, row = purchase
    xml = xml_of(issued(invoice_of(row, quote.total.amount, TODAY)))
    assert rules.broken(xml) == []
    assert amount(xml, "GrandTotalAmount") == Decimal(in_major_units(quote.total.amount, "EUR"))


@given(purchases(), st.lists(st.integers(1, 40_000), min_size=1, max_size=4))
@settings(max_examples=60)
def test_credit_notes_add_up_to_the_invoice(purchase: tuple[Quote, Any], amounts: list[int]) -> None:
    quote, row = purchase
    assume(quote.total.amount > 0)
    made = invoice_of(row, quote.total.amount, TODAY)
    notes: list[Contents] = []
    gone: dict[str, int] = {}
    for wanted in [*amounts, None]:
        left = quote.total.amount - sum(note.total for note in notes)
        try:
            composed = _refund(row, gone, min(wanted, left) if wanted else None, left)
        except NothingLeftToRefund:
            break
        notes.append(credit_note_of(row, composed, TODAY, corrects=UUID(int=3)))
    assert sum(note.total for note in notes) == made.total
    assert sum(note.tax for note in notes) == made.tax
    assert {note.treatment for note in notes} == {made.treatment}
    by_category: dict[Any, int] = {}
    for note in notes:
        for each in note.taxed:
            key = (each.category, each.basis_points)
            by_category[key] = by_category.get(key, 0) + each.net
    whole = {(each.category, each.basis_points): each.net for each in made.taxed if each.net}
    assert {key: net for key, net in by_category.items() if net} == whole


def _refund(row: Any, gone: dict[str, int], wanted: int | None, left: int) -> Any:
    """A refund as the rules compose it, after what has `gone` back of each part."""
    parts = [
        Part(
            key=item["id"],
            gross=item["net_amount"] + item["tax_amount"],
            tax=item["tax_amount"],
            discount=0,
            basis_points=item["tax_basis_points"],
            quantity=item["quantity"],
            refunded=gone.get(item["id"], 0),
        )
        for item in row.items
    ]
    parts += [
        Part(
            key=f"shipping:{line['basis_points']}",
            gross=line["net"] + line["tax"],
            tax=line["tax"],
            discount=0,
            basis_points=line["basis_points"],
            refunded=gone.get(f"shipping:{line['basis_points']}", 0),
        )
        for line in row.shipping_lines
    ]
    made_of = compose(parts, 0, left, Wish(amount=wanted))
    for share in made_of.shares:
        gone[share.key] = gone.get(share.key, 0) + share.gross
    return SimpleNamespace(
        id=UUID(int=4),
        items=[
            {"item_id": share.key, "quantity": 0, "gross": share.gross, "tax": share.tax}
            for share in made_of.shares
            if not share.key.startswith("shipping:")
        ],
        shipping_lines=[
            {"basis_points": share.basis_points, "net": share.net, "tax": share.tax}
            for share in made_of.shares
            if share.key.startswith("shipping:")
        ],
    )


MUG, BOOK, STAMP = (
    Line("mug", Money(1999, "EUR"), 3, "standard", 300),
    Line("book", Money(1250, "EUR"), 1, "reduced", 200),
    Line("stamp", Money(150, "EUR"), 4, "exempt", 1),
)
KINDS = {
    "domestic": ([MUG, BOOK], PARIS, "standard"),
    "one_stop_shop": ([MUG, BOOK], BRUSSELS, "standard"),
    "reverse_charge": ([MUG], BUSINESS, "standard"),
    "reverse_charge_of_a_service": ([Line("ebook", Money(900, "EUR"), 1, shipped=False)], BUSINESS, None),
    "switzerland": ([MUG], BERN, "standard"),
    "outside_the_vat_territory": ([MUG], CAYENNE, None),
    "exempt": ([STAMP], PARIS, "standard"),
    "all_at_once": ([MUG, BOOK, STAMP], PARIS, "standard"),
    "free": ([Line("gift", Money(0, "EUR"), 1)], PARIS, None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_sale_is_valid_by_the_public_rules(rules: Rules, kind: str) -> None:
    lines, address, ship = KINDS[kind]
    quote, row = bought(list(lines), address, ship=ship)
    for made in (invoice_of(row, quote.total.amount, TODAY), invoice_of(row, 0, TODAY)):
        assert rules.broken(xml_of(issued(made))) == []
    refund = SimpleNamespace(
        id=UUID(int=4),
        items=[
            {
                "item_id": item["id"],
                "quantity": item["quantity"],
                "gross": item["net_amount"] + item["tax_amount"],
                "tax": item["tax_amount"],
            }
            for item in row.items
        ],
        shipping_lines=row.shipping_lines,
    )
    note = credit_note_of(row, refund, TODAY, corrects=UUID(int=3))
    assert rules.broken(xml_of(issued(note))) == []


def test_a_credit_note_for_shipping_alone_is_valid(rules: Rules) -> None:
    _, row = bought([MUG], PARIS)
    refund = SimpleNamespace(id=UUID(int=4), items=[], shipping_lines=row.shipping_lines)
    assert rules.broken(xml_of(issued(credit_note_of(row, refund, TODAY, corrects=UUID(int=3))))) == []


def test_a_hundred_lines_and_great_amounts_are_valid(rules: Rules) -> None:
    lines = [Line(f"L{number}", Money(101 + number, "EUR"), 3) for number in range(99)]
    lines.append(Line("dear", Money(MAX_AMOUNT // 10, "EUR"), 1))
    quote, row = bought(lines, PARIS, promotions=(PercentageOff("A", 333),))
    assert rules.broken(xml_of(issued(invoice_of(row, quote.total.amount, TODAY)))) == []


def test_the_rules_see_a_sum_that_is_wrong(rules: Rules) -> None:
    quote, row = bought([MUG], PARIS)
    xml = xml_of(issued(invoice_of(row, quote.total.amount, TODAY)))
    total = in_major_units(quote.total.amount, "EUR")
    assert "BR-CO-15" in str(rules.broken(xml.replace(f">{total}<".encode(), b">1.00<")))


def test_a_seller_without_an_account_asks_for_no_transfer(rules: Rules) -> None:
    _, row = bought([MUG], PARIS)
    seller = Seller.model_validate(SELLER | {"iban": None, "email": None, "note": None})
    xml = xml_of(issued(invoice_of(row, 0, TODAY), seller=seller))
    assert rules.broken(xml) == []
    assert value(xml, "SpecifiedTradeSettlementPaymentMeans/TypeCode") == "1"


@pytest.mark.parametrize(
    ("title", "options", "said"),
    [
        ("Café · 250 g, en grains", {"Poids": "250 g", "Mouture": "En grains"}, None),
        ("Chemise", {"Taille": "M"}, "M"),
        ("Affiche", {}, None),
    ],
)
def test_chosen_options_are_said_once(title: str, options: dict[str, str], said: str | None) -> None:
    quote, row = bought([Line("L", Money(990, "EUR"), 1)], PARIS)
    row.items[0] |= {"title": title, "options": options}
    line, _ = invoice_of(row, quote.total.amount, TODAY).lines
    assert (line.title, line.detail) == (title, said)


def test_a_business_buyer_is_told_what_being_late_costs() -> None:
    quote, row = bought([MUG], BUSINESS)
    notes = [each["BT-22"] for each in terms(issued(invoice_of(row, quote.total.amount, TODAY)))["BG-1"]]
    assert any("40 €" in note for note in notes)
    quote, row = bought([MUG], PARIS)
    notes = [each["BT-22"] for each in terms(issued(invoice_of(row, quote.total.amount, TODAY)))["BG-1"]]
    assert not any("40 €" in note for note in notes)


@pytest.mark.parametrize(
    ("number", "country", "written"),
    [
        ("BE 0417.497.106", "BE", "BE0417497106"),
        ("fr11123456782", "FR", "FR11123456782"),
        ("EL094259216", "GR", "EL094259216"),
        ("GR094259216", "GR", "EL094259216"),
        ("BE0417497107", "BE", None),
        ("nonsense", "FR", None),
        (None, "FR", None),
    ],
)
def test_vat_numbers_are_written_with_their_country(
    number: str | None, country: str, written: str | None
) -> None:
    party = Party(name="A", line1="1", postcode="1", city="A", country=country, vat_number=number)
    assert vat_identifier(party) == written


@pytest.mark.parametrize(
    ("treatment", "tax_category", "basis_points", "sent", "category"),
    [
        (Treatment.DOMESTIC, "standard", 2000, True, Category.STANDARD),
        (Treatment.DESTINATION, "exempt", 0, True, Category.EXEMPT),
        (Treatment.DESTINATION, "super_reduced", 0, True, Category.ZERO),
        (Treatment.ORIGIN, "reduced", 550, False, Category.STANDARD),
        (Treatment.REVERSE_CHARGE, "standard", 0, True, Category.INTRA_COMMUNITY),
        (Treatment.REVERSE_CHARGE, "standard", 0, False, Category.REVERSE_CHARGE),
        (Treatment.EXPORT, "exempt", 0, True, Category.EXPORT),
    ],
)
def test_the_category_says_why(
    treatment: Treatment, tax_category: str, basis_points: int, sent: bool, category: Category
) -> None:
    assert category_of(treatment, tax_category, basis_points, sent=sent) is category


def test_a_seller_says_who_they_are() -> None:
    assert missing_of({"seller": SELLER}) == []
    assert "registration" in missing_of({"seller": SELLER | {"registration": ""}})
    assert missing_of({}) == ["name", "line1", "postcode", "city", "country", "vat_number"]
    swiss = SELLER | {"country": "CH", "vat_number": None}
    assert missing_of({"seller": swiss}) == []


@given(st.text(max_size=40))
def test_whatever_is_typed_in_can_be_written(rules: Rules, text: str) -> None:
    party = Party(name=text, line1=text, postcode=text, city=text, country="FR")
    quote, row = bought([MUG], PARIS)
    made = issued(invoice_of(row, quote.total.amount, TODAY), buyer=party)
    assert xml_of(made)
