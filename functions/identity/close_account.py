"""DELETE /v1/me — close one's account; its data is erased within 30 days, but for what law makes the brand keep."""

from shared.identity import closing
from shared.identity.administrators import LastAdmin
from shared.identity.callers import Member
from shared.identity.users import AccountClosed
from shared.platform.doors import endpoint
from shared.platform.work import Work


def close_account(caller: Member, work: Work) -> None:
    closing.close_account(work, caller.user_id, "self")


handler = endpoint(
    "DELETE", "/v1/me", close_account, refuses=[AccountClosed, LastAdmin], status=204, audited=True
)
