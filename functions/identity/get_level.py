"""GET /v1/me/level — the account's level, and the way to the next one."""

from shared.identity.callers import Member
from shared.identity.standings import LevelStanding, standing_of
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_level(caller: Member, work: Work) -> LevelStanding:
    return standing_of(work, caller.customer_id)


handler = endpoint("GET", "/v1/me/level", get_level)
