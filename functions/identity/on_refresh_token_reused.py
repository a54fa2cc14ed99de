"""refresh_token.reused — warn the owner whose session was ended."""

from shared.identity.events import RefreshTokenReusedV1
from shared.identity.notices import session_revoked
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_refresh_token_reused(fact: RefreshTokenReusedV1, work: Work) -> None:
    session_revoked(work, fact.user_id, fact.session_id)


handler = consumer(on_refresh_token_reused, listens=RefreshTokenReusedV1)
