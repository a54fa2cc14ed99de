"""POST /v1/admin/auth/login — staff sign in by email and password."""

from shared.identity.credentials import CredentialsInvalid, TooManyAttempts, is_staff
from shared.identity.sessions import SignedIn
from shared.identity.signing_in import Credentials, MfaChallenge, SignInAnswer
from shared.identity.signing_in import sign_in as signed_in
from shared.kernel.refusals import Refusal
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.work import Work


def sign_in_staff(
    ask: Credentials, request: HttpRequest, work: Work
) -> SignedIn | MfaChallenge | HttpResponse:
    answer = signed_in(work, ask, request, door=is_staff)
    return problem(answer, request.request_id) if isinstance(answer, Refusal) else answer


# Kept answers would hold live tokens in plain text, so a replay signs in once more instead.
handler = endpoint(
    "POST",
    "/v1/admin/auth/login",
    sign_in_staff,
    refuses=[CredentialsInvalid, TooManyAttempts],
    answers=SignInAnswer,
    idempotency="none",
    limit="auth",
)
