"""Stripe Identity: verification sessions, as identity checks see them. https://docs.stripe.com/identity

Every call ends in an outcome, never in an exception. What Stripe keeps of a document stays there: we ask for the names alone.
"""

from typing import Any
from uuid import UUID

from shared.billing import stripe
from shared.billing.outcomes import Declined, Failed, Unknown
from shared.identity.kyc import SeenCheck
from shared.identity.kyc_rules import KycLevel, KycStatus

type VerificationOutcome = SeenCheck | Failed | Unknown

# https://docs.stripe.com/identity/how-sessions-work
_OF_STRIPE = {
    "requires_input": KycStatus.PENDING,
    "processing": KycStatus.PROCESSING,
    "verified": KycStatus.VERIFIED,
    "canceled": KycStatus.CANCELLED,
}
_FOUND = ("first_name", "last_name")
# A light check is a document; a complete one a document filmed live, and its holder's face beside it.
_OPTIONS: dict[KycLevel, dict[str, Any]] = {
    KycLevel.LIGHT: {"document": {"require_live_capture": False, "require_matching_selfie": False}},
    KycLevel.COMPLETE: {"document": {"require_live_capture": True, "require_matching_selfie": True}},
}


def start_verification(
    *, check_id: UUID, user_id: UUID, level: KycLevel, brand: str, return_url: str
) -> VerificationOutcome:
    """Make the check's session, or get the one that was made. The metadata carries us home from a webhook."""
    params: Any = {
        "type": "document",
        "options": _OPTIONS[level],
        "client_reference_id": str(user_id),
        "return_url": return_url,
        "metadata": {"brand": brand, "kyc_check_id": str(check_id), "kyc_level": level.value},
    }
    key = f"kyc-{check_id}"
    return _seen(
        stripe.asked(
            lambda client: client.v1.identity.verification_sessions.create(params, {"idempotency_key": key})
        )
    )


def retrieve_verification(session_id: str) -> VerificationOutcome:
    """The session as Stripe has it now. Failed with `resource_missing` when there is none."""
    return _seen(
        stripe.asked(
            lambda client: client.v1.identity.verification_sessions.retrieve(
                session_id, {"expand": ["verified_outputs"]}
            )
        )
    )


def redact_verification(session_id: str) -> VerificationOutcome:
    """Have Stripe erase what it collected for the session. Safe to repeat."""
    return _seen(stripe.asked(lambda client: client.v1.identity.verification_sessions.redact(session_id)))


def _seen(answer: Any) -> VerificationOutcome:
    if isinstance(answer, Declined):
        return Failed(code=answer.decline.code or "declined", message=answer.decline.message or "")
    if isinstance(answer, Failed | Unknown):
        return answer
    session = answer.to_dict()
    error = session.get("last_error") or {}
    status = _OF_STRIPE.get(session["status"], KycStatus.PROCESSING)
    failed = status is KycStatus.PENDING and bool(error)
    outputs = session.get("verified_outputs") or {}
    return SeenCheck(
        session_id=session["id"],
        status=KycStatus.FAILED if failed else status,
        url=session.get("url"),
        client_secret=session.get("client_secret"),
        failure_code=error.get("code"),
        check_id=_own_id(session.get("metadata") or {}),
        found={name: outputs[name] for name in _FOUND if outputs.get(name)} or None,
    )


def _own_id(metadata: dict[str, str]) -> UUID | None:
    # Anyone with access to the provider's account can write metadata: what is not an id of ours is not there.
    try:
        return UUID(metadata.get("kyc_check_id", ""))
    except ValueError:
        return None
