"""PATCH /v1/me — change one's own profile."""

from shared.identity.callers import Member
from shared.identity.profiles import Account, ProfileChange, account_of, change_profile
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def update_account(ask: ProfileChange, expected: IfMatch, caller: Member, work: Work) -> Account:
    change_profile(work, caller, ask, expected)
    return account_of(work, caller)


handler = endpoint("PATCH", "/v1/me", update_account)
