"""POST /v1/auth/verify-email — use up the mailed link: the address is its account's."""

from typing import Annotated, Literal

from shared.identity import verification
from shared.identity.one_time_tokens import TOKEN, LinkInvalid, TokenText
from shared.platform.doors import endpoint
from shared.platform.models import Request, Response
from shared.platform.work import Work


class VerifyEmail(Request):
    token: Annotated[str, TokenText] = TOKEN


class EmailVerified(Response):
    email: str
    email_verified: Literal[True] = True


def verify_email(ask: VerifyEmail, work: Work) -> EmailVerified:
    return EmailVerified(email=verification.verify_email(work, ask.token))


handler = endpoint("POST", "/v1/auth/verify-email", verify_email, refuses=[LinkInvalid], limit="auth")
