"""GET /v1/me/preferences — language, currency, time zone and display of the account."""

from shared.identity.callers import Member
from shared.identity.preferences import Preferences
from shared.identity.profiles import own_preferences
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_preferences(caller: Member, work: Work) -> Preferences:
    return own_preferences(work, caller)


handler = endpoint("GET", "/v1/me/preferences", get_preferences)
