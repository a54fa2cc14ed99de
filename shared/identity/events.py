"""The facts that identity tells."""

from uuid import UUID

from shared.platform.events import Event


class RefreshTokenReusedV1(Event):
    """A spent refresh token came back: one of two holders is not the owner, and the session was revoked."""

    user_id: UUID
    session_id: UUID
