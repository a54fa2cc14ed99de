"""POST /v1/auth/resend-verification — mail the link that verifies an address once more."""

from shared.identity.email_addresses import TypedAddress, account_key
from shared.identity.link_requests import LinkKind, LinkRequested, ask_for_link
from shared.platform.doors import endpoint
from shared.platform.models import Request
from shared.platform.work import Work


class ResendVerification(Request):
    email: TypedAddress


def resend_verification(ask: ResendVerification, work: Work) -> LinkRequested:
    ask_for_link(work, LinkKind.VERIFY_EMAIL, account_key(ask.email))
    return LinkRequested()


handler = endpoint("POST", "/v1/auth/resend-verification", resend_verification, status=202, limit="auth")
