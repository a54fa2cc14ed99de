"""Proving an address: of all the accounts that claim it, one does, and no other can any more."""

from uuid import UUID

from psycopg.errors import UniqueViolation

from shared.identity.events import EmailVerifiedV1
from shared.identity.one_time_tokens import LinkInvalid, Purpose, spend
from shared.kernel.refusals import Forbidden
from shared.platform.work import Work

_PROVE = """
    UPDATE identity.users u SET email_verified_at = %(now)s, updated_at = %(now)s
     WHERE u.id = %(id)s AND u.email_verified_at IS NULL AND u.deleted_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM identity.users o
                        WHERE o.email_key = u.email_key AND o.email_verified_at IS NOT NULL AND o.deleted_at IS NULL)
"""
_PROVED = """
    SELECT u.email, u.email_verified_at, c.id AS customer_id
      FROM identity.users u LEFT JOIN identity.customers c ON c.brand_id = u.brand_id AND c.user_id = u.id
     WHERE u.id = %(id)s AND u.deleted_at IS NULL
"""


class EmailNotVerified(Forbidden):
    """Verify your email address first: the link is in the mail we sent you."""


def verify_email(work: Work, token: str) -> str:
    """Use up a mailed link; answers the address that is verified now. Raises LinkInvalid."""
    held = spend(work, Purpose.VERIFY_EMAIL, token)
    if held is None or held.user_id is None:
        raise LinkInvalid
    return prove(work, held.user_id)


def prove(work: Work, user_id: UUID) -> str:
    """The account has proved its address, now or before; answers it. Raises LinkInvalid when another account has it (the
    transaction is over then)."""
    try:
        proved_now = work.run(_PROVE, id=user_id, now=work.now) == 1
    except UniqueViolation as error:
        raise LinkInvalid from error
    row = work.one(_PROVED, id=user_id)
    if row is None or row.email_verified_at is None:
        raise LinkInvalid
    if proved_now:
        work.tell(EmailVerifiedV1(user_id=user_id, customer_id=row.customer_id), key=str(user_id))
    email: str = row.email
    return email
