"""POST /v1/auth/magic-link — mail a link that signs in."""

from shared.identity.email_addresses import TypedAddress, account_key
from shared.identity.link_requests import LinkKind, LinkRequested, ask_for_link
from shared.platform.doors import endpoint
from shared.platform.models import Request
from shared.platform.work import Work


class RequestMagicLink(Request):
    email: TypedAddress


def request_magic_link(ask: RequestMagicLink, work: Work) -> LinkRequested:
    ask_for_link(work, LinkKind.MAGIC_LINK, account_key(ask.email))
    return LinkRequested()


handler = endpoint("POST", "/v1/auth/magic-link", request_magic_link, status=202, limit="auth")
