"""POST /v1/auth/refresh — spend a refresh token for new tokens."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.identity.sessions import RefreshTokenInvalid, SignedIn, refresh_session
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.models import Request
from shared.platform.work import Work


class RefreshSession(Request):
    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(repr=False)


def refresh(ask: RefreshSession, request: HttpRequest, work: Work) -> SignedIn | HttpResponse:
    answer = refresh_session(work, ask.refresh_token)
    # Answered and not raised: what a reused token revokes must be committed.
    return problem(answer, request.request_id) if isinstance(answer, RefreshTokenInvalid) else answer


# A spent token that comes back is a theft until proven otherwise, so there is no replay to give.
handler = endpoint("POST", "/v1/auth/refresh", refresh, refuses=[RefreshTokenInvalid], idempotency="none")
