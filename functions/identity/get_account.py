"""GET /v1/me — the signed-in account: profile, level, entitlements."""

from shared.identity.callers import Member
from shared.identity.profiles import Account, account_of
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_account(caller: Member, work: Work) -> Account:
    return account_of(work, caller)


handler = endpoint("GET", "/v1/me", get_account)
