"""POST /v1/admin/users — open an account for somebody, who proves the address by the mailed link."""

from typing import Literal

from shared.identity.accounts import (
    AccountWaiting,
    EmailTaken,
    add_customer,
    add_user,
    check_none_waits,
    lock_address,
)
from shared.identity.callers import Staff
from shared.identity.credentials import verified_id
from shared.identity.email_addresses import NewAddress, account_key
from shared.identity.events import AccountRegisteredV1
from shared.identity.link_requests import LinkKind, ask_for_link
from shared.identity.permissions import Role
from shared.identity.postal_addresses import Name, Phone
from shared.identity.preferences import LocaleTag
from shared.identity.users import User, give_role, read_user
from shared.platform.doors import endpoint
from shared.platform.models import Request
from shared.platform.work import Work


class NewUser(Request):
    """Customers and creators; staff are invited instead."""

    email: NewAddress
    first_name: Name
    last_name: Name
    phone: Phone | None = None
    locale: LocaleTag | None = None
    role: Literal["member", "creator"] = "member"


def create_user(ask: NewUser, caller: Staff, work: Work) -> User:
    key = account_key(ask.email)
    lock_address(work, key)
    if verified_id(work, key) is not None:
        raise EmailTaken
    check_none_waits(work, key)
    name = f"{ask.first_name} {ask.last_name}"
    user_id = add_user(work, ask.email, name, password=None, locale=ask.locale, verified_at=None)
    customer_id = add_customer(
        work, user_id, ask.email, ask.first_name, ask.last_name, phone=ask.phone, locale=ask.locale
    )
    give_role(work, user_id, Role(ask.role))
    ask_for_link(work, LinkKind.VERIFY_EMAIL, key, user_id)
    work.tell(AccountRegisteredV1(user_id=user_id, customer_id=customer_id), key=str(user_id))
    made = read_user(work, user_id)
    work.audit(resource={"user_id": user_id}, after=made)
    return made


handler = endpoint(
    "POST",
    "/v1/admin/users",
    create_user,
    needs="users:manage",
    refuses=[EmailTaken, AccountWaiting],
    status=201,
)
