"""POST /v1/auth/password/forgot — mail a link to choose a new password."""

from shared.identity.email_addresses import TypedAddress, account_key
from shared.identity.link_requests import LinkKind, LinkRequested, ask_for_link
from shared.platform.doors import endpoint
from shared.platform.models import Request
from shared.platform.work import Work


class RequestPasswordReset(Request):
    email: TypedAddress


def request_password_reset(ask: RequestPasswordReset, work: Work) -> LinkRequested:
    ask_for_link(work, LinkKind.RESET_PASSWORD, account_key(ask.email))
    return LinkRequested()


handler = endpoint("POST", "/v1/auth/password/forgot", request_password_reset, status=202, limit="auth")
