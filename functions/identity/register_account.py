"""POST /v1/auth/register — open an account, signed in at once; the address is verified by mail."""

from shared.checkout.bringing import bring_cart
from shared.identity.passwords import CommonPassword
from shared.identity.registration import Register, Registered, register
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.work import Work


def register_account(ask: Register, request: HttpRequest, work: Work) -> Registered:
    answer = register(work, ask, request)
    bring_cart(work, request, answer.user.id)
    return answer


# Kept answers would hold live tokens in plain text. An account that is opened twice harms nobody: one of them is verified.
handler = endpoint(
    "POST",
    "/v1/auth/register",
    register_account,
    refuses=[CommonPassword],
    status=201,
    idempotency="none",
    limit="auth",
)
