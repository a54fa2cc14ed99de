"""PATCH /v1/me/preferences — choose language, currency, time zone and display."""

from shared.identity.callers import Member
from shared.identity.preferences import CurrencyNotOffered, Preferences, PreferencesChange
from shared.identity.profiles import change_preferences, own_preferences
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def update_preferences(ask: PreferencesChange, expected: IfMatch, caller: Member, work: Work) -> Preferences:
    change_preferences(work, caller, ask, expected)
    return own_preferences(work, caller)


handler = endpoint("PATCH", "/v1/me/preferences", update_preferences, refuses=[CurrencyNotOffered])
