"""Somebody's second factor: enrolled, confirmed, used, disabled. The secret lies sealed, recovery codes by their hash."""

from typing import Any, NamedTuple
from uuid import UUID

from shared.identity import second_factors as rules
from shared.platform import encryption
from shared.platform.work import Work

_TOTP_LENGTH = 6

_FIND = "SELECT sealed_secret, last_step, confirmed_at FROM identity.mfa_factors WHERE user_id = %(user_id)s FOR UPDATE"
_ENROL = """
    INSERT INTO identity.mfa_factors AS f (user_id, sealed_secret, created_at) VALUES (%(user_id)s, %(sealed)s, %(now)s)
    ON CONFLICT (brand_id, user_id, kind) DO UPDATE
       SET sealed_secret = excluded.sealed_secret, created_at = excluded.created_at, last_step = NULL
     WHERE f.confirmed_at IS NULL
"""
_CONFIRM = """
    UPDATE identity.mfa_factors SET confirmed_at = %(now)s, last_step = %(step)s WHERE user_id = %(user_id)s
"""
_ADD_CODES = """
    INSERT INTO identity.mfa_recovery_codes (user_id, code_hash, created_at)
    SELECT %(user_id)s, code_hash, %(now)s FROM unnest(%(hashes)s::bytea[]) AS code_hash
"""
_USE_CODE = """
    UPDATE identity.mfa_recovery_codes SET used_at = %(now)s
     WHERE user_id = %(user_id)s AND code_hash = %(hash)s AND used_at IS NULL
"""
_LEFT = "SELECT count(*) FROM identity.mfa_recovery_codes WHERE user_id = %(user_id)s AND used_at IS NULL"
_ENABLED = """
    SELECT true FROM identity.mfa_factors WHERE user_id = %(user_id)s AND confirmed_at IS NOT NULL
"""


class Enrolment(NamedTuple):
    """What an authenticator app is given, as a text to type and as a QR code's content."""

    secret: str
    uri: str


def is_enabled(work: Work, user_id: UUID) -> bool:
    """Whether somebody signs in with a second factor."""
    return bool(work.value(_ENABLED, user_id=user_id))


def enrol(work: Work, user_id: UUID, email: str) -> Enrolment:
    """A new secret, which counts once it is confirmed. Raises MfaAlreadyEnabled."""
    secret = rules.new_secret()
    sealed = encryption.seal(secret.encode(), place(user_id))
    if not work.run(_ENROL, user_id=user_id, sealed=sealed, now=work.now):
        raise rules.MfaAlreadyEnabled
    return Enrolment(secret, rules.provisioning_uri(secret, email, work.brand.name))


def confirm(work: Work, user_id: UUID, code: str) -> list[str]:
    """Switch the factor on, by a first code of it; answers the recovery codes, this once.

    Raises MfaNotStarted, MfaAlreadyEnabled, MfaCodeInvalid.
    """
    row = work.one(_FIND, user_id=user_id)
    if row is None:
        raise rules.MfaNotStarted
    if row.confirmed_at is not None:
        raise rules.MfaAlreadyEnabled
    step = _step(row, user_id, code, work)
    if step is None:
        raise rules.MfaCodeInvalid
    work.run(_CONFIRM, user_id=user_id, step=step, now=work.now)
    codes = rules.new_recovery_codes()
    hashes = [rules.recovery_hash(each) for each in codes]
    work.run(_ADD_CODES, user_id=user_id, hashes=hashes, now=work.now)
    return codes


def use(work: Work, user_id: UUID, code: str) -> bool:
    """Whether `code` is the factor's of now, or an unused recovery code; either opens once."""
    row = work.one(_FIND, user_id=user_id)
    if row is None or row.confirmed_at is None:
        return False
    told = "".join(code.split())
    if len(told) == _TOTP_LENGTH:
        step = _step(row, user_id, told, work)
        if step is not None:
            work.run(
                "UPDATE identity.mfa_factors SET last_step = %(step)s WHERE user_id = %(user_id)s",
                step=step,
                user_id=user_id,
            )
        return step is not None
    return work.run(_USE_CODE, user_id=user_id, hash=rules.recovery_hash(code), now=work.now) == 1


def recovery_codes_left(work: Work, user_id: UUID) -> int:
    """How many recovery codes were not used."""
    return int(work.value(_LEFT, user_id=user_id))


def disable(work: Work, user_id: UUID) -> bool:
    """Forget the factor and its recovery codes; whether it was on."""
    was_on = is_enabled(work, user_id)
    work.run("DELETE FROM identity.mfa_factors WHERE user_id = %(user_id)s", user_id=user_id)
    work.run("DELETE FROM identity.mfa_recovery_codes WHERE user_id = %(user_id)s", user_id=user_id)
    return was_on


def place(user_id: UUID) -> str:
    """Where a sealed secret belongs."""
    return f"identity.mfa_factors/{user_id}"


def _step(row: Any, user_id: UUID, code: str, work: Work) -> int | None:
    secret = encryption.unseal(row.sealed_secret, place(user_id)).decode()
    return rules.step_of(secret, code, work.now, row.last_step)
