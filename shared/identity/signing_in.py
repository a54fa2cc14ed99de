"""Signing in: after the first factor, whichever it was, come the second one, if there is one, and the session."""

from collections.abc import Callable
from typing import Literal

from pydantic import Field, RootModel

from shared.identity import factors, failures, notices
from shared.identity.callers import actor
from shared.identity.credentials import (
    Account,
    CredentialsInvalid,
    TooManyAttempts,
    active_account,
    authenticate,
    is_anybody,
    is_partner,
    is_staff,
    note_failure,
)
from shared.identity.email_addresses import TypedAddress, account_key
from shared.identity.one_time_tokens import LIFETIMES, Purpose, attempt, finish, issue
from shared.identity.passwords import KnownPassword
from shared.identity.second_factors import MfaCodeInvalid, MfaTokenInvalid
from shared.identity.sessions import By, Device, SignedIn, open_session
from shared.kernel.refusals import Refusal
from shared.platform.audit import Actor
from shared.platform.http import HttpRequest
from shared.platform.models import Request, Response, ShortText
from shared.platform.work import Work


class Credentials(Request):
    """`device_name` is what the session is called in its owner's list of devices."""

    email: TypedAddress
    password: KnownPassword = Field(repr=False)
    device_name: ShortText | None = None


class MfaChallenge(Response):
    """The password was right, and a second factor is asked for within `expires_in` seconds: POST /v1/auth/mfa/verify."""

    mfa_required: Literal[True] = True
    mfa_token: str
    expires_in: int


class SignInAnswer(RootModel[SignedIn | MfaChallenge]):
    """The tokens of a session, or the question for the second factor."""


def sign_in(
    work: Work, ask: Credentials, request: HttpRequest, *, door: Callable[[Account], bool]
) -> SignedIn | MfaChallenge | Refusal:
    """Sign in by email and password. Refusals are answered and not raised: that somebody tried must be committed."""
    try:
        account = authenticate(work, ask.email, ask.password, request.source_ip, door=door)
    except (CredentialsInvalid, TooManyAttempts) as refused:
        if door is not is_anybody and work.trail:
            somebody = Actor("anonymous", personal={"email": ask.email})
            work.audit(action=f"{work.trail.action}_refused", actor=somebody)
        return refused
    return come_in(work, account, Device.of(request, ask.device_name), By.PASSWORD)


def come_in(work: Work, account: Account, device: Device, by: By) -> SignedIn | MfaChallenge:
    """What somebody is given who has proved one factor: their session, or the question for the second."""
    if not factors.is_enabled(work, account.id):
        return _let_in(work, account, device, by, second_factor=False)
    token = issue(work, Purpose.MFA, account.id, {"by": by, "device_name": device.name})
    return MfaChallenge(mfa_token=token, expires_in=int(LIFETIMES[Purpose.MFA].total_seconds()))


def answer_challenge(work: Work, token: str, code: str, request: HttpRequest) -> SignedIn | Refusal:
    """The session of somebody whose second factor is right. Refusals are answered: tries are counted."""
    held = attempt(work, Purpose.MFA, token)
    account = active_account(work, held.user_id) if held and held.user_id else None
    if held is None or account is None:
        return MfaTokenInvalid()
    stands = failures.standing(work, account_key(account.email), request.source_ip)
    if stands.wait:
        return TooManyAttempts(retry_after=stands.wait)
    by = By(held.data["by"])
    # A lock asks for a mailed link in the place of the password: who came by one, or by Google, has done what it asks.
    barred = stands.locked and by is By.PASSWORD
    if barred or not factors.use(work, account.id, code):
        note_failure(work, account.email, request.source_ip)
        return MfaCodeInvalid()
    finish(work, token)
    device = Device.of(request, held.data["device_name"])
    return _let_in(work, account, device, by, second_factor=True)


def actor_of(account: Account) -> Actor:
    """An account as the audit log names it."""
    if account.partner_role is not None and not is_staff(account):
        return Actor("partner", account.id, account.partner_role.value, {"email": account.email})
    return actor(account.id, account.role, account.email)


def _let_in(work: Work, account: Account, device: Device, by: By, *, second_factor: bool) -> SignedIn:
    # Whoever only claims an address may not wipe off the guesses at the account that has proved it.
    if account.verified:
        failures.forgive(work, account_key(account.email))
    if is_staff(account) or is_partner(account):
        work.audit(actor=actor_of(account))
    notices.new_device(work, account.id, device)
    return open_session(work, account, device, by=by, second_factor=second_factor)
