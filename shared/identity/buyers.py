"""The buyer's record of an account: found, or made when a member of staff first needs one."""

from uuid import UUID

from shared.identity.callers import Member
from shared.kernel.ids import new_id
from shared.platform.work import Work

# The no-op update makes the row that a twin has just written come back.
_OF_USER = """
    INSERT INTO identity.customers
        (id, user_id, email, email_key, first_name, last_name, locale, created_at, updated_at)
    SELECT %(id)s, u.id, u.email, u.email_key, split_part(u.name, ' ', 1),
           ltrim(substr(u.name, length(split_part(u.name, ' ', 1)) + 1)), u.locale, %(now)s, %(now)s
      FROM identity.users u WHERE u.id = %(user_id)s
    ON CONFLICT (brand_id, user_id) WHERE user_id IS NOT NULL DO UPDATE SET user_id = excluded.user_id
    RETURNING id
"""


def own_customer(work: Work, caller: Member) -> UUID:
    """The id of the caller's buyer's record; staff get theirs when they first need one."""
    if caller.customer_id is not None:
        return caller.customer_id
    made: UUID = work.value(_OF_USER, id=new_id(work.now), user_id=caller.user_id, now=work.now)
    return made
