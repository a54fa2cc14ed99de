"""DELETE /v1/me/sessions — sign out everywhere else."""

from shared.identity.callers import Member
from shared.identity.sessions import revoke_sessions
from shared.platform.doors import endpoint
from shared.platform.work import Work


def end_other_sessions(caller: Member, work: Work) -> None:
    revoke_sessions(work, caller.user_id, but=caller.session_id)


handler = endpoint("DELETE", "/v1/me/sessions", end_other_sessions, status=204)
