"""POST /v1/admin/auth/login — staff sign in by email and password."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.identity.callers import actor
from shared.identity.credentials import CredentialsInvalid, authenticate
from shared.identity.passwords import MAX_LENGTH
from shared.identity.permissions import STAFF
from shared.identity.sessions import Device, SignedIn, open_session
from shared.platform.audit import Actor
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.models import Request, ShortText
from shared.platform.work import Work


class StaffSignIn(Request):
    """`device_name` is what the session is called in its owner's list of devices."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    # A password is taken as typed: a space at its end belongs to it.
    password: Annotated[
        str, StringConstraints(strip_whitespace=False, min_length=1, max_length=MAX_LENGTH)
    ] = Field(repr=False)
    device_name: ShortText | None = None


def sign_in_staff(ask: StaffSignIn, request: HttpRequest, work: Work) -> SignedIn | HttpResponse:
    try:
        account = authenticate(work, ask.email, ask.password, among=STAFF)
    except CredentialsInvalid as refused:
        # Answered and not raised: that somebody tried must be committed.
        somebody = Actor("anonymous", personal={"email": ask.email})
        work.audit(action="identity.sign_in_staff_refused", actor=somebody)
        return problem(refused, request.request_id)
    work.audit(actor=actor(account.id, account.role, account.email))
    return open_session(work, account, Device.of(request, ask.device_name))


# Kept answers would hold live tokens in plain text, so a replay signs in once more instead.
handler = endpoint(
    "POST",
    "/v1/admin/auth/login",
    sign_in_staff,
    refuses=[CredentialsInvalid],
    idempotency="none",
    limit="auth",
)
