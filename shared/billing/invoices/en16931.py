"""A document as the Union's semantic model has it (EN 16931), in the syntax CII that Factur-X embeds. Terms are BT- and BG-numbers."""

from typing import Any

from shared.billing.invoices import taxation
from shared.billing.invoices.records import Issued, Line, Party, Seller, Taxed
from shared.billing.invoices.words import words
from shared.kernel.currencies import decimals, in_major_units
from shared.pricing.rates import in_union
from shared.pricing.vat_numbers import country_of

LEVEL = "en16931"
# UNTDID 1001, 4461, 5189, and ISO 6523 of France's register of businesses (SIREN).
_TYPES = {"invoice": "380", "credit_note": "381"}
_MEANS = {"stripe": "48", "paypal": "68"}
_TRANSFER, _UNDEFINED = "58", "1"
_DISCOUNT = "95"
_SIREN = "0002"
_SIREN_DIGITS = 9
_EACH = "C62"
# Decimals that a unit price may have beyond those of its currency.
_FINER = 2


def xml_of(issued: Issued) -> bytes:
    """The document as XML; valid against the schema, which is checked. Raises Exception, as facturx does, when it is not."""
    # Imported here: lxml and its schemas are for whoever makes files.
    from facturx.generate_xml import generate_cii_xml

    made: bytes = generate_cii_xml(terms(issued), level=LEVEL, check_xsd=True, check_schematron=None)
    return made


def terms(issued: Issued) -> dict[str, Any]:
    """The document's business terms. Pure."""
    said = words(issued.locale)

    def money(amount: int) -> str:
        return in_major_units(amount, issued.currency)

    due = 0 if issued.kind == "credit_note" else issued.total - issued.paid
    paid = issued.total - due
    found: dict[str, Any] = {
        "BT-1": issued.number,
        "BT-2": issued.issued_on,
        "BT-3": _TYPES[issued.kind],
        "BT-5": issued.currency,
        "BG-1": [{"BT-22": text} for text in notes(issued)],
        "BG-4": _seller(issued.seller),
        "BG-7": _party(issued.buyer),
        "BT-73": issued.supplied_on,
        "BT-74": issued.supplied_on,
        "BT-81": _means(issued, due),
        "BG-25": [_line(number, each, issued) for number, each in enumerate(issued.lines, 1)],
        "BG-23": [_taxed(each, issued) for each in issued.taxed],
        "BT-106": money(issued.net),
        "BT-109": money(issued.net),
        "BT-110": money(issued.tax),
        "BT-112": money(issued.total),
        "BT-113": money(paid),
        "BT-115": money(due),
    }
    if issued.order_number is not None:
        found["BT-14"] = str(issued.order_number)
    if due:
        found["BT-9"] = issued.due_on or issued.issued_on
        found["BT-20"] = said["due"]
        if issued.seller.iban:
            found |= {"BT-84": issued.seller.iban, "BT-85": issued.seller.name, "BT-83": issued.number}
            if issued.seller.bic:
                found["BT-86"] = issued.seller.bic
    if issued.deliver_to is not None:
        found["BG-13"] = {"name": issued.deliver_to.name, **_address(issued.deliver_to)}
    else:
        # What is not sent is had at once.
        found["BT-72"] = issued.supplied_on
    if issued.corrected is not None:
        found["BG-3"] = [{"BT-25": issued.corrected.number, "BT-26": issued.corrected.issued_on}]
    return found


def notes(issued: Issued) -> list[str]:
    """What the document says beyond its figures: why, and what the law has a business buyer told. Pure."""
    said = words(issued.locale)
    found = [text for text in (issued.reason, issued.seller.note) if text]
    # Code de commerce, art. L441-9 and D441-5: said between businesses, even of what has been paid.
    if issued.buyer.vat_number and issued.kind == "invoice" and issued.seller.country == "FR":
        found.append(said["late"])
    return found


def vat_identifier(party: Party) -> str | None:
    """The party's VAT number as EN 16931 takes it, its country first; None for what is none of the Union's."""
    number = party.vat_number
    if number is None:
        return None
    country = country_of(number)
    if country is None:
        # A seller of another country is registered there, by a number of its own form.
        return number if not in_union(party.country) and number[:2].isalpha() else None
    compact = "".join(letter for letter in number.upper() if letter.isalnum())
    prefix = "EL" if country == "GR" else country
    return compact if compact.startswith(prefix) else prefix + compact.removeprefix("GR")


def _means(issued: Issued, due: int) -> str:
    if due:
        return _TRANSFER if issued.seller.iban else _UNDEFINED
    return _MEANS.get(issued.gateway or "", _UNDEFINED)


def _seller(seller: Seller) -> dict[str, Any]:
    found = _party(seller)
    if seller.registration:
        digits = "".join(letter for letter in seller.registration if letter.isalnum())
        if seller.country == "FR":
            # A SIRET begins with the SIREN of its business.
            found |= {"legal_identifier": digits[:_SIREN_DIGITS], "legal_identifier_schemeid": _SIREN}
        else:
            found["legal_identifier"] = digits
    if seller.email or seller.phone:
        contact = {"name": seller.name, "phone": seller.phone, "email": seller.email}
        found["contacts"] = [{name: value for name, value in contact.items() if value}]
    return found


def _party(party: Party) -> dict[str, Any]:
    found: dict[str, Any] = {"name": party.name, **_address(party)}
    if number := vat_identifier(party):
        found["vat_identifier"] = number
    return found


def _address(party: Party) -> dict[str, Any]:
    lines = {
        "addr_l1": party.line1,
        "postcode": party.postcode,
        "city": party.city,
        "country_code": party.country,
    }
    return lines | ({"addr_l2": party.line2} if party.line2 else {})


def _line(number: int, line: Line, issued: Issued) -> dict[str, Any]:
    def money(amount: int) -> str:
        return in_major_units(amount, issued.currency)

    price, base = _unit_price(line, issued.currency)
    found: dict[str, Any] = {
        "BT-126": str(number),
        "BT-129": str(line.quantity),
        "BT-130": _EACH,
        "BT-131": money(line.net),
        "BT-146": price,
        "BT-151": line.category.value,
        "BT-152": _percent(line.basis_points),
        "BT-153": line.title,
    }
    if base != 1:
        found["BT-149"] = str(base)
    if line.detail:
        found["BT-154"] = line.detail
    if line.sku:
        found["BT-155"] = line.sku
    if line.discount:
        found["BG-27"] = [
            {
                "amount": money(line.discount),
                "reason_code": _DISCOUNT,
                "reason": words(issued.locale)["discount"],
            }
        ]
    return found


def _unit_price(line: Line, currency: str) -> tuple[str, int]:
    """The price without tax, and of how many units: of one where its decimals suffice, else of all of them, which is exact."""
    places = decimals(currency) + _FINER
    finest, rest = divmod(line.full * 10**_FINER, line.quantity)
    if rest:
        return in_major_units(line.full, currency), line.quantity
    digits = str(finest).rjust(places + 1, "0")
    whole, fraction = digits[:-places], digits[-places:]
    shortened = fraction[: decimals(currency)] + fraction[decimals(currency) :].rstrip("0")
    return (f"{whole}.{shortened}" if shortened else whole), 1


def _taxed(taxed: Taxed, issued: Issued) -> dict[str, Any]:
    found: dict[str, Any] = {
        "BT-116": in_major_units(taxed.net, issued.currency),
        "BT-117": in_major_units(taxed.tax, issued.currency),
        "BT-118": taxed.category.value,
        "BT-119": _percent(taxed.basis_points),
    }
    if reason := taxation.reason(taxed.category, issued.locale):
        found["BT-120"] = reason
    if code := taxation.REASON_CODES.get(taxed.category):
        found["BT-121"] = code
    return found


def _percent(basis_points: int) -> str:
    return f"{basis_points // 100}.{basis_points % 100:02}"
