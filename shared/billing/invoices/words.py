"""The words of documents, by language. Pure."""

from collections.abc import Mapping

_FRENCH = {
    "invoice": "Facture",
    "credit_note": "Avoir",
    "number": "Numéro",
    "issued_on": "Date d’émission",
    "supplied_on": "Date de la vente",
    "order": "Commande",
    "corrects": "Sur la facture",
    "of": "du",
    "colon": " : ",
    "buyer": "Facturé à",
    "deliver_to": "Livré à",
    "vat_number": "TVA",
    "registration": "SIREN",
    "register": "Immatriculation",
    "item": "Désignation",
    "quantity": "Qté",
    "unit_price": "Prix unitaire HT",
    "discount": "Remise",
    "rate": "TVA",
    "line_net": "Total HT",
    "line_gross": "Total TTC",
    "net": "Total HT",
    "tax": "TVA {rate} sur {net}",
    "untaxed": "Sans TVA : {net}",
    "total": "Total TTC",
    "paid": "Payé",
    "refunded": "Remboursé",
    "left": "Reste à payer",
    "shipping": "Frais de port",
    "refund": "Remboursement partiel",
    "due": "À réception de la facture",
    "stripe": "par carte",
    "paypal": "par PayPal",
    "page": "Page {page} sur {pages}",
    "late": "Pénalités de retard : trois fois le taux d’intérêt légal ; indemnité forfaitaire de recouvrement : 40 €. "
    "Pas d’escompte pour paiement anticipé.",
}
_ENGLISH = {
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "number": "Number",
    "issued_on": "Date of issue",
    "supplied_on": "Date of sale",
    "order": "Order",
    "corrects": "Corrects invoice",
    "of": "of",
    "colon": ": ",
    "buyer": "Billed to",
    "deliver_to": "Delivered to",
    "vat_number": "VAT",
    "registration": "SIREN",
    "register": "Registered under",
    "item": "Item",
    "quantity": "Qty",
    "unit_price": "Unit price, net",
    "discount": "Discount",
    "rate": "VAT",
    "line_net": "Net",
    "line_gross": "Gross",
    "net": "Total, net",
    "tax": "VAT {rate} on {net}",
    "untaxed": "Without VAT: {net}",
    "total": "Total",
    "paid": "Paid",
    "refunded": "Refunded",
    "left": "Amount due",
    "shipping": "Shipping",
    "refund": "Partial refund",
    "due": "Due on receipt",
    "stripe": "by card",
    "paypal": "by PayPal",
    "page": "Page {page} of {pages}",
    "late": "Late payment: three times the legal interest rate, and a fixed recovery fee of EUR 40. "
    "No discount for early payment.",
}


def language(locale: str) -> str:
    """The language that a document for this locale is written in."""
    return "fr" if locale[:2].lower() == "fr" else "en"


def words(locale: str) -> Mapping[str, str]:
    """The words of a locale's language; English where there are none."""
    return _FRENCH if language(locale) == "fr" else _ENGLISH
