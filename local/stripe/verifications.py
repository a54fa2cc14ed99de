"""Stripe Identity: verification sessions."""

from typing import Any

from local.stripe.errors import ApiError, missing_parameter
from local.stripe.session import Answer, Session, changed_metadata, new_id
from local.stripe.storage import Object

KIND = "identity.verification_session"
OPEN = "requires_input"
OUTPUTS = "verified_outputs"


def create(session: Session, params: dict[str, Any]) -> Answer:
    """POST /v1/identity/verification_sessions"""
    if "type" not in params:
        raise missing_parameter("type")
    own_id = new_id("vs")
    secret = f"{own_id}_secret_{new_id('live')}"
    made: Object = {
        "id": own_id,
        "object": KIND,
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": secret,
        "created": session.now,
        "last_error": None,
        "last_verification_report": None,
        "livemode": False,
        "metadata": changed_metadata(None, params.get("metadata")),
        "options": params.get("options") or {},
        "provided_details": params.get("provided_details"),
        "redaction": None,
        "related_customer": params.get("related_customer"),
        "related_customer_account": None,
        "related_person": None,
        "status": OPEN,
        "type": params["type"],
        "url": f"{session.public_url}/verify/{own_id}?client_secret={secret}",
        "verification_flow": None,
    }
    session.store.save(made, {"return_url": params.get("return_url"), "secret": secret})
    session.tell(f"{KIND}.created", made)
    return Answer(made)


def retrieve(session: Session, params: dict[str, Any], session_id: str) -> Answer:
    """GET /v1/identity/verification_sessions/{session}"""
    found = get(session, session_id)
    if OUTPUTS in params.get("expand", ()):
        # Kept beside the object, and shown to who asks for it alone.
        params["expand"] = [path for path in params["expand"] if path != OUTPUTS]
        found = {**found, OUTPUTS: session.store.private(session_id).get(OUTPUTS)}
    return Answer(found)


def cancel(session: Session, params: dict[str, Any], session_id: str) -> Answer:
    """POST /v1/identity/verification_sessions/{session}/cancel"""
    found = get(session, session_id)
    if found["status"] != OPEN:
        raise ApiError(400, f"You cannot cancel a VerificationSession whose status is {found['status']}.")
    return Answer(moved(session, found, "canceled"))


def redact(session: Session, params: dict[str, Any], session_id: str) -> Answer:
    """POST /v1/identity/verification_sessions/{session}/redact"""
    found = get(session, session_id)
    if found["status"] == "processing":
        raise ApiError(400, "You cannot redact a VerificationSession whose status is processing.")
    if found["redaction"] is not None:
        return Answer(found)
    redacted = {**found, "redaction": {"status": "redacted"}, "metadata": {}, "provided_details": None}
    session.store.save(closed(redacted), {})
    session.tell(f"{KIND}.redacted", redacted)
    return Answer(redacted)


def get(session: Session, session_id: str) -> Object:
    """The session. Raises ApiError `resource_missing`."""
    return session.get(KIND, session_id, "session")


def moved(session: Session, found: Object, status: str, private: Object | None = None) -> Object:
    """The session with another status, told as Stripe tells it."""
    now = session.store.save(closed({**found, "status": status, "last_error": None}), private)
    session.tell(f"{KIND}.{status}", now)
    return now


def closed(found: Object) -> Object:
    """The session once nobody can do anything on its page any more."""
    return {**found, "client_secret": None, "url": None}
