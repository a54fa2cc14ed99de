"""Erasing an account and its buyer's records: the last part of an erasure, once the other contexts have done theirs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from shared.identity.administrators import lock_admins
from shared.identity.closing import end_account
from shared.identity.email_addresses import account_key
from shared.identity.failures import forgive
from shared.identity.users import UserNotFound, lock_user
from shared.kernel.retention_law import IDENTITY_CHECKS, STORAGE_LIMITATION, kept_until
from shared.platform import audit
from shared.platform.personal_data import Erased, Fate, Kept, Person, Planned, pseudonym
from shared.platform.retention import EVENTS
from shared.platform.work import Work

_WITH_ACCOUNT = "with the account's row"
_OF_ADDRESS = (
    "label",
    "first_name",
    "last_name",
    "company",
    "vat_number",
    "line1",
    "line2",
    "postcode",
    "city",
    "country",
    "phone",
)
PLAN = (
    Planned("identity.users", ("email", "email_key", "name", "avatar_url", "search"), Fate.ERASED),
    Planned("identity.sessions", ("device_name", "user_agent", "ip"), Fate.ERASED, _WITH_ACCOUNT),
    Planned("identity.user_identities", ("subject", "email"), Fate.ERASED, _WITH_ACCOUNT),
    Planned(
        "identity.customers",
        (
            "email",
            "email_key",
            "first_name",
            "last_name",
            "phone",
            "search",
            "stripe_customer_id",
            "paypal_payer_id",
        ),
        Fate.PSEUDONYMISED,
    ),
    Planned("identity.customer_addresses", _OF_ADDRESS, Fate.ERASED),
    Planned("identity.customer_notes", ("author", "body"), Fate.ERASED),
    Planned("identity.marketing_consents", ("source",), Fate.ERASED),
    Planned("identity.kyc_checks", ("sealed_outcome", "provider_session"), Fate.KEPT, IDENTITY_CHECKS.name),
    Planned("identity.invitations", ("email", "email_key", "name"), Fate.ERASED),
    Planned("identity.link_requests", ("email_key",), Fate.ERASED),
    Planned("identity.sign_in_failures", ("key_hash",), Fate.AGED, "a hash, gone within 90 days"),
    Planned("identity.one_time_tokens", ("data",), Fate.ERASED, _WITH_ACCOUNT),
    Planned("identity.privacy_requests", ("contact",), Fate.ERASED, "once the answer is on its way"),
    Planned("platform.audit_personal", ("data",), Fate.ERASED),
    Planned(
        "platform.idempotency_keys",
        ("body", "pending"),
        Fate.AGED,
        "answers for replays, gone after 24 hours",
    ),
    Planned("platform.outbox_events", ("data",), Fate.AGED, "delivered events, gone after 30 days"),
)

_CHECKS = """
    SELECT id, status, provider_session FROM identity.kyc_checks WHERE user_id = %(user_id)s FOR UPDATE
"""
_OF_CUSTOMERS: tuple[LiteralString, ...] = (
    "DELETE FROM identity.customer_addresses WHERE customer_id = ANY(%(ids)s)",
    "DELETE FROM identity.customer_notes WHERE customer_id = ANY(%(ids)s)",
    "DELETE FROM identity.marketing_consents WHERE customer_id = ANY(%(ids)s)",
    "DELETE FROM identity.level_facts WHERE customer_id = ANY(%(ids)s)",
)
_BLANK_CUSTOMER = """
    UPDATE identity.customers
       SET user_id = NULL, email = %(email)s, email_key = %(email)s, first_name = '', last_name = '', phone = NULL, tags = '{}',
           marketing_opt_in = false, marketing_opt_in_source = NULL, stripe_customer_id = NULL, paypal_payer_id = NULL,
           wished_tier = NULL, wished_frequency = NULL, level = 'explorateur', level_until = NULL,
           erased_at = coalesce(erased_at, %(now)s), version = version + 1, updated_at = %(now)s
     WHERE id = %(id)s AND erased_at IS NULL
"""
_OF_ADDRESSES: tuple[LiteralString, ...] = (
    "DELETE FROM identity.invitations WHERE email_key = ANY(%(keys)s)",
    "DELETE FROM identity.link_requests WHERE email_key = ANY(%(keys)s)",
)
_OF_USER: tuple[LiteralString, ...] = (
    "UPDATE identity.customer_notes SET author = '' WHERE author_id = %(user_id)s AND author <> ''",
    "UPDATE identity.privacy_requests SET contact = NULL WHERE user_id = %(user_id)s AND kind = 'export'",
    "DELETE FROM identity.invitations WHERE accepted_by = %(user_id)s",
    "DELETE FROM platform.idempotency_keys WHERE scope LIKE '%% account:' || %(user_id)s::text",
    # All that hangs on the account goes with it: sessions, tokens, factors, providers' identities, roles.
    "DELETE FROM identity.users WHERE id = %(user_id)s",
)


class ErasedAccount(NamedTuple):
    """What was done here, and the provider's sessions of identity checks that are to be redacted there, and then forgotten."""

    erased: Erased
    to_redact: tuple[str, ...]


def erase(work: Work, person: Person, ended_at: datetime) -> Erased:
    """Erase the account, its records, and its trail in the audit log; `ended_at` is when the person asked. Safe to repeat.

    What the provider of identity checks knows is for the caller to have redacted (`sessions_to_redact`).

    Raises LastAdmin.
    """
    rows = _end(work, person.user_id)
    checked = _erase_checks(work, person.user_id, ended_at)
    ids = sorted({*person.customer_ids, *_own_records(work, person.user_id)})
    rows += sum(work.run(sql, ids=ids) for sql in _OF_CUSTOMERS)
    for customer_id in ids:
        rows += work.run(_BLANK_CUSTOMER, id=customer_id, email=pseudonym(customer_id), now=work.now)
    keys = [account_key(email) for email in person.emails]
    rows += sum(work.run(sql, keys=keys) for sql in _OF_ADDRESSES)
    for key in keys:
        forgive(work, key)
    if person.user_id is not None:
        rows += sum(work.run(sql, user_id=person.user_id) for sql in _OF_USER)
    for subject in filter(None, (person.user_id, *ids)):
        rows += audit.erase_person(work, subject)
    aged = Kept("delivery", STORAGE_LIMITATION, work.now + EVENTS) if rows else None
    kept = (*checked.erased.kept, *([aged] if aged else []))
    return Erased(rows + checked.erased.rows, kept)


def _end(work: Work, user_id: UUID | None) -> int:
    if user_id is None:
        return 0
    lock_admins(work)
    try:
        user = lock_user(work, user_id)
    except UserNotFound:
        return 0
    if user.status != "closed":
        end_account(work, user)
    return 1


def _own_records(work: Work, user_id: UUID | None) -> list[UUID]:
    """Also one that was made after the person had asked."""
    rows = work.all("SELECT id FROM identity.customers WHERE user_id = %(user_id)s", user_id=user_id)
    return [row.id for row in rows]


def _erase_checks(work: Work, user_id: UUID | None, ended_at: datetime) -> ErasedAccount:
    """What a passed check has shown is kept as long as law says; every other check goes, once the provider has redacted it."""
    until = kept_until(IDENTITY_CHECKS, ended_at)
    checks: Sequence[Any] = work.all(_CHECKS, user_id=user_id)
    going = [check for check in checks if check.status != "verified" or until <= work.now]
    never_started = [check.id for check in going if check.provider_session is None]
    work.run("DELETE FROM identity.kyc_checks WHERE id = ANY(%(ids)s)", ids=never_started)
    kept = (Kept("identity_checks", IDENTITY_CHECKS.name, until),) if len(going) < len(checks) else ()
    sessions = tuple(check.provider_session for check in going if check.provider_session is not None)
    return ErasedAccount(Erased(len(going), kept), sessions)


def sessions_to_redact(work: Work, user_id: UUID | None, ended_at: datetime) -> list[str]:
    """The provider's sessions of identity checks that nothing keeps any more."""
    return list(_erase_checks(work, user_id, ended_at).to_redact)


def forget_checks(work: Work, sessions: Sequence[str]) -> None:
    """The provider has redacted these sessions: nothing is left to say about them."""
    work.run(
        "DELETE FROM identity.kyc_checks WHERE provider_session = ANY(%(sessions)s)", sessions=list(sessions)
    )
