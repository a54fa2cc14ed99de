"""The page on which a person proves who they are, as they meet it: verified, refused for a reason, or left in progress."""

from html import escape

from local.stripe import clock
from local.stripe.application import Api
from local.stripe.errors import ApiError, invalid
from local.stripe.session import Session, new_id
from local.stripe.storage import Object
from local.stripe.verifications import KIND, OPEN, OUTPUTS, get, moved

# https://docs.stripe.com/identity/handle-verification-outcomes: what a person can be refused for, by its code.
REASONS = {
    "consent_declined": "The user declined to be verified by Stripe.",
    "device_not_supported": "The provided device does not have a camera.",
    "document_expired": "The document is expired.",
    "document_type_not_supported": "The provided document type is not supported.",
    "document_unverified_other": "The document could not be verified.",
    "selfie_face_mismatch": "The captured face image did not match with the document's face.",
    "selfie_unverified_other": "The selfie could not be verified.",
    "under_supported_age": "Stripe does not provide identity verification for users under the age of majority.",
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Verify your identity</title>
<h1>Stripe Identity test</h1><form method="post">
<label>First name <input name="first_name" value="Jenny"></label> <label>Last name <input name="last_name" value="Rosen"></label>
<p><button name="outcome" value="succeed">Verify</button> <button name="outcome" value="processing">Leave it processing</button></p>
<p><select name="code">{reasons}</select> <button name="outcome" value="fail">Fail</button></p></form></html>"""


def page(api: Api, session_id: str, secret: str) -> str:
    """The page. Raises ApiError for a wrong id or secret, and once there is nothing left to do."""
    _open(_session(api), session_id, secret)
    options = "".join(f"<option value={code}>{escape(said)}</option>" for code, said in REASONS.items())
    return _PAGE.format(reasons=options)


def decide(api: Api, session_id: str, secret: str, form: dict[str, str]) -> tuple[Object, str | None]:
    """Carry out what the person did: the session, and where to send the browser."""
    outcome = form.get("outcome", "succeed")
    with api.store.transaction():
        session = _session(api)
        found = _open(session, session_id, secret)
        private = session.store.private(session_id)
        if found["status"] == OPEN:
            found = moved(session, found, "processing")
        if outcome == "fail":
            code = form.get("code", "document_unverified_other")
            if code not in REASONS:
                raise invalid(f"code is one of {', '.join(REASONS)}", "code")
            found = _refused(session, found, code, secret)
        elif outcome == "succeed":
            names = {
                "first_name": form.get("first_name", "Jenny"),
                "last_name": form.get("last_name", "Rosen"),
            }
            found = moved(session, found, "verified", {**private, OUTPUTS: names})
        for event_id in session.told:
            event = api.store.find("event", event_id)
            assert event is not None
            api.deliveries.queue(event_id, event["type"])
    api.deliveries.wake()
    return found, private.get("return_url")


def _session(api: Api) -> Session:
    return Session(api.store, clock.now(), new_id("req", 14), "publishable", api.public_url)


def _open(session: Session, session_id: str, secret: str) -> Object:
    found = get(session, session_id)
    if secret != session.store.private(session_id).get("secret"):
        raise invalid("The client_secret provided does not match the VerificationSession.", "client_secret")
    if found["status"] not in (OPEN, "processing"):
        raise ApiError(400, f"This VerificationSession is {found['status']}.")
    return found


def _refused(session: Session, found: Object, code: str, secret: str) -> Object:
    url = f"{session.public_url}/verify/{found['id']}?client_secret={secret}"
    error = {"code": code, "reason": REASONS[code]}
    refused = {**found, "status": OPEN, "last_error": error, "client_secret": secret, "url": url}
    session.store.save(refused)
    session.tell(f"{KIND}.{OPEN}", refused)
    return refused
