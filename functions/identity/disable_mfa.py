"""DELETE /v1/me/mfa — do without the second factor."""

from shared.identity import factors, notices
from shared.identity.callers import Member
from shared.identity.permissions import STAFF
from shared.identity.recency import RecentSignInRequired, check_recent
from shared.identity.second_factors import MfaNotEnabled, MfaRequiredByBrand, required_of_staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def disable_mfa(caller: Member, work: Work) -> None:
    check_recent(caller, work.now)
    if caller.role in STAFF and required_of_staff(work.brand):
        raise MfaRequiredByBrand
    if not factors.disable(work, caller.user_id):
        raise MfaNotEnabled
    notices.mfa_disabled(work, caller.user_id)
    work.audit()


handler = endpoint(
    "DELETE",
    "/v1/me/mfa",
    disable_mfa,
    refuses=[RecentSignInRequired, MfaRequiredByBrand, MfaNotEnabled],
    status=204,
)
