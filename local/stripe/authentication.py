"""The bank's page of a 3-D Secure challenge, as a customer meets it: agree or refuse."""

from html import escape
from urllib.parse import urlencode

from local.stripe import clock, confirmation, visibility
from local.stripe.application import Api
from local.stripe.session import Session, new_id
from local.stripe.storage import Object

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Authenticate payment</title>
<h1>3-D Secure 2 test</h1><p>Pay {amount} {currency}?</p>
<form method="post"><button name="outcome" value="succeed">Complete authentication</button>
<button name="outcome" value="fail">Fail authentication</button></form></html>"""


def _intent(api: Api, intent_id: str, secret: str) -> tuple[Session, Object]:
    session = Session(api.store, clock.now(), new_id("req", 14), "publishable", api.public_url)
    intent = session.get("payment_intent", intent_id, "intent")
    visibility.check_secret(session, intent, {"client_secret": secret})
    return session, intent


def page(api: Api, intent_id: str, secret: str) -> str:
    """The page. Raises ApiError for a wrong id or secret."""
    _, intent = _intent(api, intent_id, secret)
    return _PAGE.format(amount=f"{intent['amount'] / 100:.2f}", currency=escape(intent["currency"].upper()))


def decide(api: Api, intent_id: str, secret: str, agreed: bool) -> tuple[Object, str | None]:
    """Carry out the customer's choice: the intent, and where to send the browser (with `redirect_status`)."""
    with api.store.transaction():
        session, intent = _intent(api, intent_id, secret)
        return_url = api.store.private(intent_id).get("return_url")
        confirmation.authenticated(session, intent, agreed)
        for event_id in session.told:
            event = api.store.find("event", event_id)
            assert event is not None
            api.deliveries.queue(event_id, event["type"])
        seen = visibility.public(session.get("payment_intent", intent_id))
    api.deliveries.wake()
    if return_url is None:
        return seen, None
    status = "succeeded" if seen["status"] in ("succeeded", "requires_capture") else "failed"
    query = {"payment_intent": intent_id, "payment_intent_client_secret": secret, "redirect_status": status}
    return seen, f"{return_url}{'&' if '?' in return_url else '?'}{urlencode(query)}"
