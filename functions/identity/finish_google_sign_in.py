"""GET /v1/auth/oauth/google/callback — sign in whom Google names: into their account, or a new one."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from pydantic import StringConstraints

from shared.identity import google
from shared.identity.google import (
    GoogleSignInNotOffered,
    GoogleSignInRefused,
    GoogleUnavailable,
    Profile,
    client_of,
)
from shared.identity.google_accounts import EmailConfirmationRequired, GoogleEmailUnverified, enter
from shared.identity.google_flow import (
    Flow,
    SignInStateInvalid,
    brand_of_callback,
    forgotten_cookie,
    redirect_uri,
    resume,
)
from shared.identity.one_time_tokens import Purpose, issue
from shared.identity.sessions import By, Device
from shared.identity.signing_in import SignInAnswer, come_in
from shared.kernel.refusals import Refusal
from shared.platform.doors import Steps, endpoint
from shared.platform.http import HttpRequest, HttpResponse
from shared.platform.models import Outcome, Pending, Query
from shared.platform.work import Work

# The page that the browser returns to spends it at once.
_TOKEN_LIFETIME = timedelta(minutes=2)
_JSON = {"content-type": "application/json"}


class FinishGoogleSignIn(Query):
    """What Google adds to the address; `error` in the place of `code` when somebody thought better of it."""

    state: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    code: Annotated[str, StringConstraints(max_length=2000)] | None = None
    error: Annotated[str, StringConstraints(max_length=200)] | None = None


class ComingBack(Pending):
    client: google.Client
    flow: Flow
    code: str
    device: Device


class Named(Outcome):
    """Whom Google names, or why nobody."""

    profile: Profile | None = None
    unavailable: bool = False


def record(ask: FinishGoogleSignIn, request: HttpRequest, work: Work) -> ComingBack:
    flow = resume(request, ask.state, work.now)
    return ComingBack(
        client=client_of(work.brand), flow=flow, code=ask.code or "", device=Device.of(request, None)
    )


def reach(pending: ComingBack) -> Named:
    if not pending.code:
        return Named()
    flow = pending.flow
    try:
        found = google.exchange(
            pending.client, redirect_uri(), code=pending.code, nonce=flow.nonce, verifier=flow.verifier
        )
    except GoogleSignInRefused:
        return Named()
    except GoogleUnavailable:
        return Named(unavailable=True)
    return Named(profile=found)


def settle(pending: ComingBack, outcome: Named, work: Work) -> HttpResponse | Refusal:
    answer = _entered(pending, outcome, work)
    return_to = pending.flow.return_to
    cookies = [forgotten_cookie(pending.flow)]
    if isinstance(answer, HttpResponse):
        answer.cookies = cookies
        return answer
    if return_to is None:
        return answer
    location = f"{return_to}#{urlencode({'error': answer.code()})}"
    return HttpResponse(303, headers={"location": location}, cookies=cookies)


def _entered(pending: ComingBack, outcome: Named, work: Work) -> HttpResponse | Refusal:
    if outcome.profile is None:
        return GoogleUnavailable(retry_after=1) if outcome.unavailable else GoogleSignInRefused()
    try:
        account = enter(work, outcome.profile, terms=pending.flow.terms)
    except (GoogleSignInRefused, GoogleEmailUnverified) as refused:
        return refused
    if isinstance(account, Refusal):
        return account
    if pending.flow.return_to is None:
        answer = come_in(work, account, pending.device, By.GOOGLE)
        return HttpResponse(200, answer.model_dump_json(), dict(_JSON))
    # An address may be logged and kept in a history, so it carries nothing that opens anything a moment later.
    token = issue(work, Purpose.MAGIC_LINK, account.id, {"by": By.GOOGLE}, lifetime=_TOKEN_LIFETIME)
    location = f"{pending.flow.return_to}#{urlencode({'sign_in_token': token})}"
    return HttpResponse(303, headers={"location": location})


handler = endpoint(
    "GET",
    "/v1/auth/oauth/google/callback",
    Steps(record, reach, settle),
    refuses=[
        SignInStateInvalid,
        GoogleSignInNotOffered,
        GoogleSignInRefused,
        GoogleUnavailable,
        GoogleEmailUnverified,
        EmailConfirmationRequired,
    ],
    answers=SignInAnswer,
    limit="write",
    brand_of=brand_of_callback,
)
