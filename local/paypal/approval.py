"""PayPal's page, as a buyer meets it: approve with a way to pay, or go back."""

from html import escape
from urllib.parse import urlencode

from local.paypal import orders
from local.paypal.application import Api
from local.paypal.captures import PENDING, SLOW_REFUNDS

GOOD, DECLINED = "good", "declined"
_INSTRUMENTS = {
    GOOD: "PayPal balance",
    DECLINED: "A card that will be declined",
    PENDING: "A payment that PayPal will review",
    SLOW_REFUNDS: "A bank account to which refunds are slow",
}
_PAYER_ID = "QYR5Z8XDVJNXQ"
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>PayPal (local)</title><h1>Pay {value} {currency}</h1><p>Signed in as buyer@example.com</p>
<form method="post">{choices}<p><button name="outcome" value="approve">Approve</button>
<button name="outcome" value="cancel">Cancel and return</button></p></form></html>"""
_DONE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>PayPal (local)</title><p>{text}</p></html>"""


class WrongChoice(ValueError):
    """The page has no such button."""


def page(api: Api, order_id: str) -> str:
    """The page. Raises ApiError for an order that is not there, or no longer."""
    order = api.session().get("order", order_id)
    amount = order["purchase_units"][0]["amount"]
    choices = "".join(
        f'<p><label><input type="radio" name="instrument" value="{name}"{" checked" if name == GOOD else ""}> '
        f"{escape(text)}</label></p>"
        for name, text in _INSTRUMENTS.items()
    )
    return _PAGE.format(
        value=escape(amount["value"]), currency=escape(amount["currency_code"]), choices=choices
    )


def decide(api: Api, order_id: str, form: dict[str, str]) -> tuple[str | None, str]:
    """Carry out the buyer's choice: where to send the browser, if anywhere, and the page to show else. Raises WrongChoice."""
    outcome, instrument = form.get("outcome", "approve"), form.get("instrument", GOOD)
    if outcome not in ("approve", "cancel") or instrument not in _INSTRUMENTS:
        raise WrongChoice(f"outcome is approve or cancel, instrument one of {', '.join(_INSTRUMENTS)}")
    context = api.store.private(order_id).get("context", {})
    query = {"token": order_id}
    if outcome == "cancel":
        api.session().get("order", order_id)
        base = context.get("cancel_url")
    else:
        with api.telling() as session:
            orders.approve(session, order_id, instrument)
        base = context.get("return_url")
        query["PayerID"] = _PAYER_ID
    if base is None:
        return None, _DONE.format(text="You may close this page.")
    return f"{base}{'&' if '?' in base else '?'}{urlencode(query)}", ""
