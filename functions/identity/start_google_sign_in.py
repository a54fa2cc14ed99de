"""GET /v1/auth/oauth/google/start — send a browser to Google, with state, nonce and PKCE kept in its cookie."""

from typing import Annotated

from pydantic import StringConstraints

from shared.identity import google
from shared.identity.google import GoogleSignInNotOffered, GoogleUnavailable, client_of
from shared.identity.google_flow import (
    Flow,
    ReturnAddressRefused,
    begin,
    cookie,
    redirect_uri,
)
from shared.platform.doors import Steps, endpoint
from shared.platform.http import HttpResponse
from shared.platform.links import brand_of_link
from shared.platform.models import Outcome, Pending, Query
from shared.platform.work import Work


class StartGoogleSignIn(Query):
    """`return_to`: the shop's page that goes on, with `#sign_in_token=` to spend at /v1/auth/magic-link/consume; without it the
    callback answers the session itself. `brand` stands for the header that a browser cannot send. `accepted_terms` is
    kept when a new account is made."""

    return_to: Annotated[str, StringConstraints(max_length=2000)] | None = None
    brand: Annotated[str, StringConstraints(max_length=63)] | None = None
    accepted_terms: bool = False


class SettingOut(Pending):
    client_id: str
    flow: Flow


class SentTo(Outcome):
    url: str


def record(ask: StartGoogleSignIn, work: Work) -> SettingOut:
    flow = begin(work.brand, ask.return_to, ask.accepted_terms, work.now)
    return SettingOut(client_id=client_of(work.brand).id, flow=flow)


def reach(pending: SettingOut) -> SentTo:
    flow = pending.flow
    return SentTo(
        url=google.authorization_url(
            pending.client_id,
            redirect_uri(),
            state=flow.state,
            nonce=flow.nonce,
            verifier=flow.verifier,
        )
    )


def settle(pending: SettingOut, outcome: SentTo, work: Work) -> HttpResponse:
    return HttpResponse(302, headers={"location": outcome.url}, cookies=[cookie(pending.flow)])


handler = endpoint(
    "GET",
    "/v1/auth/oauth/google/start",
    Steps(record, reach, settle),
    refuses=[GoogleSignInNotOffered, ReturnAddressRefused, GoogleUnavailable],
    status=302,
    limit="write",
    brand_of=brand_of_link,
)
