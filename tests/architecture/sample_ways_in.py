"""What the samples of the ways in carry: mailed links, second factors, and a browser that comes back from Google."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from local.demo.brands import CUSTOMER, PASSWORD
from local.google.provider import CLIENT_ID
from shared.identity import factors, google
from shared.identity.accounts import add_user
from shared.identity.credentials import Account
from shared.identity.google_flow import begin as begin_flow
from shared.identity.google_flow import cookie, redirect_uri
from shared.identity.invitations import Invitation, invite
from shared.identity.one_time_tokens import Purpose, issue
from shared.identity.second_factors import STEP_SECONDS, step_of
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account, session_of
from tests.local_google import consent
from tests.mailbox import mails

# The samples are sent one after the other, and the last of them late.
_LONG = timedelta(hours=1)


def secrets_of_ways_in(brand: Brand) -> dict[str, str]:
    """What the samples name, by name; `TOTP_SECRET` is what a code is made of when it is sent."""
    with begin(brand, "sample") as work:
        ada = work.value("SELECT id FROM identity.users WHERE email = %(email)s", email=CUSTOMER[0])
        new = add_user(work, "new@demo.test", "Nina", password=PASSWORD, verified_at=None)
        links = {
            "VERIFICATION_TOKEN": issue(work, Purpose.VERIFY_EMAIL, new),
            "RESET_TOKEN": issue(work, Purpose.RESET_PASSWORD, ada, lifetime=_LONG),
            "MAGIC_LINK_TOKEN": issue(work, Purpose.MAGIC_LINK, ada, lifetime=_LONG),
        }
        invite(work, Invitation("staff", "invited@demo.test", "Ivo", "support", ada, "Agathe Delvaux"))
    [invitation] = mails(brand, "invitation")
    return links | {"INVITATION_TOKEN": invitation.token} | _factors(brand) | _google(brand)


def totp_code(secret: str) -> str:
    """The code that an app shows now."""
    import pyotp

    now = datetime.now(UTC)
    code = pyotp.TOTP(secret, interval=STEP_SECONDS).at(now)
    assert step_of(secret, code, now, None) is not None
    return str(code)


def _factors(brand: Brand) -> dict[str, str]:
    enrolling, enrolled = customer_account(brand), customer_account(brand)
    with begin(brand, "sample") as work:
        pending = factors.enrol(work, enrolling.id, enrolling.email)
        active = factors.enrol(work, enrolled.id, enrolled.email)
        codes = factors.confirm(work, enrolled.id, totp_code(active.secret))
        token = issue(work, Purpose.MFA, enrolled.id, {"by": "password", "device_name": ""}, lifetime=_LONG)
    return {
        "TOTP_SECRET": pending.secret,
        "ENROLLING_TOKEN": _fresh(brand, enrolling),
        "ENROLLED_TOKEN": _fresh(brand, enrolled),
        "FRESH_TOKEN": _fresh(brand, customer_account(brand)),
        "RECOVERY_CODE": codes[0],
        "MFA_TOKEN": token,
    }


def _fresh(brand: Brand, account: Account) -> str:
    """The token of a session that is still young when the last sample is sent."""
    return session_of(brand, account, datetime.now(UTC) + _LONG).access_token


def _google(brand: Brand) -> dict[str, str]:
    flow = begin_flow(brand, None, False, datetime.now(UTC) + _LONG)
    location = google.authorization_url(
        CLIENT_ID, redirect_uri(), state=flow.state, nonce=flow.nonce, verifier=flow.verifier
    )
    told = consent(location, "grace.hopper@gmail.com")
    return {
        "GOOGLE_STATE": flow.state,
        "GOOGLE_CODE": told["code"],
        "GOOGLE_COOKIE": cookie(flow).partition(";")[0],
    }


def session_to_end(brand: Brand, account: Account) -> UUID:
    """The id of another session of somebody."""
    with begin(brand, "sample") as work:
        before = {row.id for row in work.all("SELECT id FROM identity.sessions")}
    session_of(brand, account)
    with begin(brand, "sample") as work:
        rows = work.all("SELECT id FROM identity.sessions")
    [found] = {row.id for row in rows} - before
    assert isinstance(found, UUID)
    return found
