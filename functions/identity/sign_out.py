"""POST /v1/auth/logout — end this session; its tokens die at once."""

from shared.identity.callers import Member
from shared.identity.sessions import revoke_session
from shared.platform.doors import endpoint
from shared.platform.work import Work


def sign_out(caller: Member, work: Work) -> None:
    revoke_session(work, caller.session_id)


handler = endpoint("POST", "/v1/auth/logout", sign_out, status=204)
