"""POST /v1/me/mfa/confirm — switch the second factor on by a first code; answers the recovery codes, this once."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.identity import factors, notices
from shared.identity.callers import Member
from shared.identity.second_factors import MfaAlreadyEnabled, MfaCodeInvalid, MfaNotStarted
from shared.identity.sessions import strengthen
from shared.platform.doors import endpoint
from shared.platform.models import Request, Response
from shared.platform.work import Work


class ConfirmMfa(Request):
    code: Annotated[str, StringConstraints(pattern=r"^\d{6}$")] = Field(repr=False, examples=["123456"])


class RecoveryCodes(Response):
    """Each stands for the second factor once."""

    recovery_codes: list[str]


def confirm_mfa(ask: ConfirmMfa, caller: Member, work: Work) -> RecoveryCodes:
    codes = factors.confirm(work, caller.user_id, ask.code)
    strengthen(work, caller.session_id)
    notices.mfa_enabled(work, caller.user_id)
    work.audit()
    return RecoveryCodes(recovery_codes=codes)


handler = endpoint(
    "POST",
    "/v1/me/mfa/confirm",
    confirm_mfa,
    refuses=[MfaNotStarted, MfaAlreadyEnabled, MfaCodeInvalid],
    idempotency="none",
)
