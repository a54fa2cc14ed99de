"""POST /v1/auth/mfa/verify — finish a sign-in by the second factor: a code of the app, or a recovery code."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from shared.checkout.bringing import bring_cart
from shared.identity.credentials import TooManyAttempts
from shared.identity.one_time_tokens import TokenText
from shared.identity.second_factors import MfaCodeInvalid, MfaTokenInvalid
from shared.identity.sessions import SignedIn
from shared.identity.signing_in import answer_challenge
from shared.kernel.refusals import Refusal
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.models import Request
from shared.platform.work import Work

Code = Annotated[str, StringConstraints(min_length=6, max_length=40)]


class VerifyMfa(Request):
    """One of the two codes; `code` may be either kind."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"mfa_token": "…", "code": "123456"}]})

    mfa_token: Annotated[str, TokenText] = Field(repr=False)
    code: Code | None = Field(None, repr=False)
    recovery_code: Code | None = Field(None, repr=False)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.code is None) == (self.recovery_code is None):
            raise ValueError("give either code or recovery_code")
        return self


def verify_mfa(ask: VerifyMfa, request: HttpRequest, work: Work) -> SignedIn | HttpResponse:
    answer = answer_challenge(work, ask.mfa_token, ask.code or ask.recovery_code or "", request)
    if isinstance(answer, SignedIn):
        bring_cart(work, request, answer.user.id)
    return problem(answer, request.request_id) if isinstance(answer, Refusal) else answer


handler = endpoint(
    "POST",
    "/v1/auth/mfa/verify",
    verify_mfa,
    refuses=[MfaTokenInvalid, MfaCodeInvalid, TooManyAttempts],
    idempotency="none",
    limit="auth",
)
