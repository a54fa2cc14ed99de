"""DELETE /v1/me/sessions/{session_id} — sign one device out; its tokens die at once."""

from uuid import UUID

from shared.identity import devices
from shared.identity.callers import Member
from shared.identity.devices import SessionNotFound
from shared.platform.doors import endpoint
from shared.platform.work import Work


def end_session(session_id: UUID, caller: Member, work: Work) -> None:
    devices.end_session(work, caller.user_id, session_id)


handler = endpoint(
    "DELETE", "/v1/me/sessions/{session_id}", end_session, refuses=[SessionNotFound], status=204
)
