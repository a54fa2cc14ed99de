"""POST /v1/me/privacy-requests — ask for all one's data, or for its erasure; answered within 30 days."""

from pydantic import Field

from shared.identity.administrators import LastAdmin, is_last_admin, lock_admins
from shared.identity.callers import Member
from shared.identity.privacy_requests import PrivacyRequest, PrivacyRequestOpen, RequestKind, open_request
from shared.identity.verification import EmailNotVerified
from shared.platform.doors import endpoint
from shared.platform.models import Request
from shared.platform.work import Work


class AskPrivacyRequest(Request):
    """`export`: a machine-readable archive, its link mailed and valid for 7 days. `erase`: the account is closed and its data erased,
    but for what law makes the brand keep; a signed certificate is mailed."""

    kind: RequestKind = Field(strict=False)


def ask_privacy_request(ask: AskPrivacyRequest, caller: Member, work: Work) -> PrivacyRequest:
    if not caller.email_verified:
        raise EmailNotVerified
    if ask.kind is RequestKind.ERASE:
        lock_admins(work)
        if is_last_admin(work, caller.user_id):
            raise LastAdmin
    return open_request(work, ask.kind, caller.user_id, "self")


handler = endpoint(
    "POST",
    "/v1/me/privacy-requests",
    ask_privacy_request,
    refuses=[EmailNotVerified, PrivacyRequestOpen, LastAdmin],
    status=201,
    audited=True,
)
