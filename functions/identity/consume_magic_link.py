"""POST /v1/auth/magic-link/consume — sign in by the mailed link."""

from typing import Annotated

from shared.checkout.bringing import bring_cart
from shared.identity.magic_links import SignInLinkInvalid, follow
from shared.identity.one_time_tokens import TOKEN, TokenText
from shared.identity.sessions import Device, SignedIn
from shared.identity.signing_in import MfaChallenge, SignInAnswer, come_in
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.models import Request, ShortText
from shared.platform.work import Work


class ConsumeMagicLink(Request):
    """`device_name` is what the session is called in its owner's list of devices."""

    token: Annotated[str, TokenText] = TOKEN
    device_name: ShortText | None = None


def consume_magic_link(ask: ConsumeMagicLink, request: HttpRequest, work: Work) -> SignedIn | MfaChallenge:
    account, by = follow(work, ask.token)
    answer = come_in(work, account, Device.of(request, ask.device_name), by)
    if isinstance(answer, SignedIn):
        bring_cart(work, request, answer.user.id)
    return answer


handler = endpoint(
    "POST",
    "/v1/auth/magic-link/consume",
    consume_magic_link,
    refuses=[SignInLinkInvalid],
    answers=SignInAnswer,
    idempotency="none",
    limit="auth",
)
