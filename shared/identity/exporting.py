"""What identity holds about somebody, as it is handed out to them (GDPR art. 15 and 20)."""

import json
from typing import Any, LiteralString

from shared.identity.kyc import place
from shared.platform import encryption
from shared.platform.personal_data import Exported, Person
from shared.platform.work import Work

# By the name of the list. Hashes, tokens and secrets open something and tell nothing: they stay.
_LISTS: dict[str, LiteralString] = {
    "account": """
        SELECT id, email, email_verified_at, name, avatar_url, locale, currency, timezone, display, status, terms_version,
               terms_accepted_at, created_at
          FROM identity.users WHERE id = %(user_id)s""",
    "roles": "SELECT role, created_at FROM identity.memberships WHERE user_id = %(user_id)s",
    "sessions": """
        SELECT id, device_name, user_agent, host(ip) AS ip, authenticated_by, mfa_at, created_at, last_seen_at, revoked_at
          FROM identity.sessions WHERE user_id = %(user_id)s ORDER BY id""",
    "sign_in_providers": """
        SELECT provider, subject, email, created_at, last_used_at FROM identity.user_identities WHERE user_id = %(user_id)s""",
    "second_factors": "SELECT kind, created_at, confirmed_at FROM identity.mfa_factors WHERE user_id = %(user_id)s",
    "customers": """
        SELECT id, email, first_name, last_name, phone, locale, level, level_reached_at, level_until, tags, marketing_opt_in,
               marketing_opt_in_at, marketing_opt_in_source, stripe_customer_id, paypal_payer_id, created_at
          FROM identity.customers WHERE id = ANY(%(ids)s) ORDER BY id""",
    "addresses": """
        SELECT id, label, first_name, last_name, company, vat_number, line1, line2, postcode, city, country, phone,
               is_default_shipping, is_default_billing, created_at
          FROM identity.customer_addresses WHERE customer_id = ANY(%(ids)s) ORDER BY id""",
    "notes": """
        SELECT body, created_at FROM identity.customer_notes WHERE customer_id = ANY(%(ids)s) ORDER BY id""",
    "marketing_consents": """
        SELECT granted, source, at FROM identity.marketing_consents WHERE customer_id = ANY(%(ids)s) ORDER BY id""",
    "levels": """
        SELECT kind, reference, level, amount, currency, since, until FROM identity.level_facts
         WHERE customer_id = ANY(%(ids)s) ORDER BY since""",
    "privacy_requests": """
        SELECT id, kind, status, asked_at, due_at, completed_at FROM identity.privacy_requests
         WHERE user_id = %(user_id)s ORDER BY id""",
    "activity": """
        SELECT l.occurred_at, l.action, l.resource, l.changes, p.data AS personal FROM platform.audit_logs l
          LEFT JOIN platform.audit_personal p ON p.brand_id = l.brand_id AND p.sequence = l.sequence
         WHERE l.actor_id = %(user_id)s ORDER BY l.sequence""",
}
_CHECKS = """
    SELECT id, level, status, failure_code, sealed_outcome, created_at, verified_at FROM identity.kyc_checks
     WHERE user_id = %(user_id)s ORDER BY id
"""


def export(work: Work, person: Person) -> Exported:
    """The account, its records, and what it has done."""
    about = {"user_id": person.user_id, "ids": list(person.customer_ids)}
    lists = {name: [row._asdict() for row in work.all(sql, **about)] for name, sql in _LISTS.items()}
    lists["identity_checks"] = [_check(row) for row in work.all(_CHECKS, **about)]
    return Exported(lists)


def _check(row: Any) -> dict[str, Any]:
    told: dict[str, Any] = row._asdict()
    sealed = told.pop("sealed_outcome")
    found = json.loads(encryption.unseal(sealed, place(row.id))) if sealed else None
    return told | {"found": found}
