"""GET /v1/me/sessions — the devices somebody is signed in on."""

from shared.identity.callers import Member
from shared.identity.devices import Sessions, sessions_of
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery
from shared.platform.work import Work


def list_sessions(ask: ListQuery, caller: Member, work: Work) -> Sessions:
    return sessions_of(work, caller.user_id, caller.session_id, ask)


handler = endpoint("GET", "/v1/me/sessions", list_sessions)
