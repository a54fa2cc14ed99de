"""Consent to marketing: each yes and no with its time and its source (GDPR art. 7(1): the controller must be able to show it)."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.kernel.ids import new_id
from shared.platform.models import Response
from shared.platform.work import Work

type Source = Literal["registration", "account", "checkout", "staff", "unsubscribe", "closing"]

_NOTE = """
    WITH changed AS (
        UPDATE identity.customers
           SET marketing_opt_in = %(granted)s, marketing_opt_in_at = %(now)s, marketing_opt_in_source = %(source)s,
               updated_at = %(now)s
         WHERE id = %(customer_id)s AND (marketing_opt_in <> %(granted)s OR marketing_opt_in_at IS NULL)
        RETURNING id
    )
    INSERT INTO identity.marketing_consents (id, customer_id, granted, source, at)
    SELECT %(id)s, id, %(granted)s, %(source)s, %(now)s FROM changed
"""


class Consent(Response):
    """A yes or a no, when and where it was said."""

    granted: bool
    source: str
    at: datetime


def note_consent(work: Work, customer_id: UUID, granted: bool, source: Source) -> bool:
    """Write down what the customer said; False when it was known already."""
    return bool(
        work.run(
            _NOTE,
            id=new_id(work.now),
            customer_id=customer_id,
            granted=granted,
            source=source,
            now=work.now,
        )
    )


def consents_of(work: Work, customer_id: UUID) -> list[Consent]:
    """Everything the customer has said, the latest first."""
    rows: list[Any] = work.all(
        """SELECT granted, source, at FROM identity.marketing_consents
            WHERE customer_id = %(customer_id)s ORDER BY at DESC, id DESC""",
        customer_id=customer_id,
    )
    return [Consent(**row._asdict()) for row in rows]
