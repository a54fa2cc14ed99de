"""Why each line of an invoice is taxed as it is, in the words of EN 16931 and of the law. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from shared.billing.invoices.records import Category, Line, Taxed
from shared.pricing.vat import Treatment

# VATEX codes: CEF code list of VAT exemption reasons, https://docs.peppol.eu/poacc/billing/3.0/codelist/vatex/
REASON_CODES = {
    Category.INTRA_COMMUNITY: "VATEX-EU-IC",
    Category.REVERSE_CHARGE: "VATEX-EU-AE",
    Category.EXPORT: "VATEX-EU-G",
}
_REASONS = {
    Category.INTRA_COMMUNITY: {
        "fr": "Autoliquidation par le preneur : livraison intracommunautaire exonérée, art. 138 de la directive 2006/112/CE",
        "en": "Reverse charge: intra-Community supply exempt under Article 138 of Directive 2006/112/EC",
    },
    Category.REVERSE_CHARGE: {
        "fr": "Autoliquidation par le preneur, art. 196 de la directive 2006/112/CE",
        "en": "Reverse charge, Article 196 of Directive 2006/112/EC",
    },
    Category.EXPORT: {
        "fr": "Exportation hors du territoire de la TVA de l’Union, exonérée : art. 146 de la directive 2006/112/CE",
        "en": "Export outside the VAT territory of the Union, exempt under Article 146 of Directive 2006/112/EC",
    },
    Category.EXEMPT: {
        "fr": "Exonéré de TVA, art. 132 à 136 de la directive 2006/112/CE",
        "en": "Exempt from VAT under Articles 132 to 136 of Directive 2006/112/EC",
    },
}
_EXEMPT = "exempt"


def category_of(treatment: Treatment, tax_category: str, basis_points: int, *, sent: bool) -> Category:
    """The category of a line at `basis_points`; `sent`: whether goods leave for the buyer, as a service does not.

    Sources: Directive 2006/112/EC, articles 138 (goods that leave for another member state's business), 196 (services), 146.
    """
    match treatment:
        case Treatment.EXPORT:
            return Category.EXPORT
        case Treatment.REVERSE_CHARGE:
            return Category.INTRA_COMMUNITY if sent else Category.REVERSE_CHARGE
    if basis_points:
        return Category.STANDARD
    return Category.EXEMPT if tax_category == _EXEMPT else Category.ZERO


def reason(category: Category, locale: str) -> str | None:
    """Why nothing is charged, in the language of a locale; None where something is, or nothing need be said."""
    words = _REASONS.get(category)
    return None if words is None else words.get(locale[:2].lower(), words["en"])


def taxed(lines: Iterable[Line]) -> tuple[Taxed, ...]:
    """What is taxed alike, by category and rate; the sums of its lines."""
    net: dict[tuple[Category, int], int] = defaultdict(int)
    tax: dict[tuple[Category, int], int] = defaultdict(int)
    for line in lines:
        key = line.category, line.basis_points
        net[key] += line.net
        tax[key] += line.tax
    return tuple(
        Taxed(category=category, basis_points=rate, net=net[category, rate], tax=tax[category, rate])
        for category, rate in sorted(net, key=lambda key: (key[0].value, key[1]))
    )
