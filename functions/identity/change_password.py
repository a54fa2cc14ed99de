"""POST /v1/me/password — change the password; every other session ends."""

from pydantic import ConfigDict, Field

from shared.identity.callers import Member
from shared.identity.credentials import TooManyAttempts, confirm_password, has_password
from shared.identity.password_changes import CurrentPasswordWrong, set_password
from shared.identity.passwords import CommonPassword, KnownPassword, NewPassword
from shared.identity.recency import RecentSignInRequired, check_recent
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest, HttpResponse, problem
from shared.platform.models import Request
from shared.platform.work import Work


class ChangePassword(Request):
    """Who has no password yet, since they came by Google or by mail, leaves out the current one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"current_password": "the old one", "new_password": "a new passphrase"}]
        }
    )

    current_password: KnownPassword | None = Field(None, repr=False)
    new_password: NewPassword = Field(repr=False)


def change_password(
    ask: ChangePassword, caller: Member, request: HttpRequest, work: Work
) -> HttpResponse | None:
    if has_password(work, caller.user_id):
        try:
            given = ask.current_password or ""
            if not confirm_password(work, caller.user_id, caller.email, given, request.source_ip):
                # Answered and not raised: what is guessed wrong is counted.
                return problem(CurrentPasswordWrong(), request.request_id)
        except TooManyAttempts as refused:
            return problem(refused, request.request_id)
    else:
        check_recent(caller, work.now)
    set_password(
        work, caller.user_id, caller.email, ask.new_password, field="new_password", keep=caller.session_id
    )
    return None


handler = endpoint(
    "POST",
    "/v1/me/password",
    change_password,
    refuses=[CurrentPasswordWrong, CommonPassword, TooManyAttempts, RecentSignInRequired],
    status=204,
    audited=True,
)
