"""POST /v1/auth/invitations/accept — join the brand's staff, or a partner, by the mailed link."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.identity.accounts import EmailTaken
from shared.identity.credentials import CredentialsInvalid, TooManyAttempts
from shared.identity.invitations import PasswordNeeded, accept
from shared.identity.one_time_tokens import TOKEN, LinkInvalid, TokenText
from shared.identity.passwords import MAX_LENGTH, CommonPassword, WeakPassword
from shared.identity.sessions import By, Device, SignedIn
from shared.identity.signing_in import MfaChallenge, SignInAnswer, come_in
from shared.kernel.refusals import Refusal
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.models import Request, ShortText
from shared.platform.work import Work


class AcceptInvitation(Request):
    """`password` is a new one for who has no account here, and that of the account for who has one."""

    token: Annotated[str, TokenText] = TOKEN
    password: (
        Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=MAX_LENGTH)] | None
    ) = Field(None, repr=False)
    name: ShortText | None = None
    device_name: ShortText | None = None


def accept_invitation(
    ask: AcceptInvitation, request: HttpRequest, work: Work
) -> SignedIn | MfaChallenge | HttpResponse:
    try:
        account = accept(work, ask.token, ask.password, ask.name, request.source_ip)
    except TooManyAttempts as refused:
        account = refused
    if isinstance(account, Refusal):
        # Answered and not raised: what is guessed wrong is counted.
        return problem(account, request.request_id)
    return come_in(work, account, Device.of(request, ask.device_name), By.INVITATION)


handler = endpoint(
    "POST",
    "/v1/auth/invitations/accept",
    accept_invitation,
    refuses=[
        LinkInvalid,
        PasswordNeeded,
        EmailTaken,
        WeakPassword,
        CommonPassword,
        CredentialsInvalid,
        TooManyAttempts,
    ],
    answers=SignInAnswer,
    idempotency="none",
    limit="auth",
)
