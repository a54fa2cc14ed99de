"""Identity checks: what was started at the provider, and what became of it.

A context above asks `require` before it takes an investment. What the provider found out about a person lies sealed.
"""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from shared.identity.events import KycChangedV1
from shared.identity.issuer import issuer
from shared.identity.kyc_rules import KycLevel, KycStatus, KycThresholds, admit, after_seeing, highest
from shared.kernel.ids import new_id
from shared.kernel.money import Money
from shared.kernel.refusals import Refusal
from shared.platform import encryption
from shared.platform.models import Outcome, Response
from shared.platform.work import Work

PATH = "/v1/me/kyc"
_PROVIDER = "stripe"


class KycPassed(Refusal):
    """You have passed this identity check already."""


class KycTwin(Refusal):
    """Another request has just started this check; ask again."""


class KycCheck(Response):
    """One check. `failure_code` is the provider's own word for why it could not verify."""

    id: UUID
    level: str
    status: str
    failure_code: str | None
    created_at: datetime
    updated_at: datetime
    verified_at: datetime | None


class SeenCheck(Outcome):
    """A check as the provider has it. `url` is where the person does their part, `found` what was verified of them."""

    session_id: str
    status: KycStatus
    url: str | None = None
    client_secret: str | None = None
    failure_code: str | None = None
    check_id: UUID | None = None
    found: dict[str, Any] | None = None


_COLUMNS = ", ".join(KycCheck.model_fields)
_START = """
    INSERT INTO identity.kyc_checks (id, user_id, level, provider, status, created_at, updated_at)
    VALUES (%(id)s, %(user_id)s, %(level)s, %(provider)s, 'started', %(now)s, %(now)s)
"""
_OPEN = """
    SELECT id, provider_session, status FROM identity.kyc_checks
     WHERE user_id = %(user_id)s AND level = %(level)s AND status IN ('started', 'pending', 'processing')
"""
_SEE = f"""
    UPDATE identity.kyc_checks
       SET provider_session = %(session_id)s, status = %(status)s, failure_code = %(failure_code)s,
           sealed_outcome = coalesce(%(sealed)s, sealed_outcome), updated_at = %(now)s,
           verified_at = CASE WHEN %(status)s = 'verified' THEN coalesce(verified_at, %(now)s) END
     WHERE id = %(id)s RETURNING {_COLUMNS}
"""


def start_check(work: Work, user_id: UUID, level: KycLevel) -> tuple[UUID, str | None]:
    """The open check of this level, else a new one: its id, and its session at the provider if it has one.

    Raises KycPassed, KycTwin.
    """
    passed = passed_level(work, user_id)
    if passed is not None and passed.rank >= level.rank:
        raise KycPassed(level=passed.value)
    found = work.one(_OPEN, user_id=user_id, level=level)
    if found is not None:
        return found.id, found.provider_session
    check_id = new_id(work.now)
    try:
        work.run(_START, id=check_id, user_id=user_id, level=level, provider=_PROVIDER, now=work.now)
    except UniqueViolation as error:
        raise KycTwin(retry_after=1) from error
    return check_id, None


def see_check(work: Work, seen: SeenCheck) -> KycCheck | None:
    """Record a look at the provider's own state, told once; None when the session is not of a check of ours."""
    row = work.one(
        """SELECT id, user_id, level, status FROM identity.kyc_checks
            WHERE provider_session = %(session_id)s OR (id = %(check_id)s AND provider_session IS NULL) FOR UPDATE""",
        session_id=seen.session_id,
        check_id=seen.check_id,
    )
    if row is None:
        return None
    status = after_seeing(KycStatus(row.status), seen.status)
    after = work.one(
        _SEE,
        id=row.id,
        session_id=seen.session_id,
        status=status,
        failure_code=None if status is KycStatus.VERIFIED else seen.failure_code,
        sealed=encryption.seal(json.dumps(seen.found).encode(), place(row.id)) if seen.found else None,
        now=work.now,
    )
    if status.value != row.status:
        changed = KycChangedV1(
            user_id=row.user_id, check_id=row.id, level=row.level, before=row.status, after=status.value
        )
        work.tell(changed, key=str(row.user_id))
    assert after is not None
    return KycCheck(**after._asdict())


def give_up(work: Work, check_id: UUID, code: str) -> None:
    """The provider will not do this check."""
    work.run(
        """UPDATE identity.kyc_checks SET status = 'failed', failure_code = %(code)s, updated_at = %(now)s
            WHERE id = %(id)s AND status = 'started'""",
        id=check_id,
        code=code[:100],
        now=work.now,
    )


def checks_of(work: Work, user_id: UUID) -> list[KycCheck]:
    """Every check of an account, the latest first."""
    rows = work.all(
        f"SELECT {_COLUMNS} FROM identity.kyc_checks WHERE user_id = %(user_id)s ORDER BY id DESC LIMIT 50",
        user_id=user_id,
    )
    return [KycCheck(**row._asdict()) for row in rows]


def passed_level(work: Work, user_id: UUID) -> KycLevel | None:
    """The most thorough check that the account has passed."""
    rows = work.all(
        "SELECT level FROM identity.kyc_checks WHERE user_id = %(user_id)s AND status = 'verified'",
        user_id=user_id,
    )
    return highest(row.level for row in rows)


def require(work: Work, user_id: UUID, total: Money) -> None:
    """Refuse what would bring the account's investments to `total` (this one included) without the check that it needs.

    Whoever sums them holds a lock on the account's investments until the new one is written: else two at once would each see a total
    without the other. Raises KycRequired, with the level and the link to start it.
    """
    admit(total, passed_level(work, user_id), KycThresholds.of(work.brand.settings), f"{issuer()}{PATH}")


def place(check_id: UUID) -> str:
    """Where what was found out belongs, for sealing."""
    return f"identity.kyc_checks/{check_id}"
