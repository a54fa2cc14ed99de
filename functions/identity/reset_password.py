"""POST /v1/auth/password/reset — choose a new password by the mailed link; every session ends."""

from typing import Annotated

from pydantic import Field

from shared.identity import password_changes
from shared.identity.one_time_tokens import TOKEN, LinkInvalid, TokenText
from shared.identity.passwords import CommonPassword, NewPassword
from shared.platform.doors import endpoint
from shared.platform.models import Request
from shared.platform.work import Work


class ResetPassword(Request):
    token: Annotated[str, TokenText] = TOKEN
    password: NewPassword = Field(repr=False)


def reset_password(ask: ResetPassword, work: Work) -> None:
    password_changes.reset_password(work, ask.token, ask.password)


handler = endpoint(
    "POST",
    "/v1/auth/password/reset",
    reset_password,
    refuses=[LinkInvalid, CommonPassword],
    status=204,
    limit="auth",
)
