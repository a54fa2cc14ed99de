"""What a mail's row keeps of its variables: JSON, sealed when they hold what opens an account, such as a sign-in link."""

import json
from typing import LiteralString
from uuid import UUID

from shared.notifications.variables import MailVariables
from shared.platform import encryption

_SEALED = "sealed"
# Mails that wait for a provider to come back, sealed by another key than the one whose texts begin with `head`: they may wait longer
# than an old key is kept. All others are on their way within minutes.
FIND_WAITING: LiteralString = """
    SELECT brand_id, id, variables ->> 'sealed' AS sealed FROM notifications.mails
     WHERE status = 'queued' AND next_attempt_at IS NOT NULL AND NOT starts_with(variables ->> 'sealed', %(head)s)
     LIMIT %(batch)s FOR UPDATE SKIP LOCKED
"""
WRITE_WAITING: LiteralString = """
    UPDATE notifications.mails SET variables = jsonb_build_object('sealed', %(sealed)s::text)
     WHERE brand_id = %(brand_id)s AND id = %(id)s
"""


def written_variables(mail_id: UUID, variables: MailVariables) -> str:
    """The variables as JSON text for the mail's row."""
    told = variables.model_dump_json()
    if not variables.sealed:
        return told
    return json.dumps({_SEALED: encryption.seal(told.encode(), place(mail_id))})


def read_variables(mail_id: UUID, model: type[MailVariables], written: str) -> MailVariables:
    """The variables of a row. Raises encryption.Unsealable, pydantic.ValidationError."""
    if not model.sealed:
        return model.model_validate_json(written)
    return model.model_validate_json(encryption.unseal(json.loads(written)[_SEALED], place(mail_id)))


def place(mail_id: UUID) -> str:
    """Where a mail's sealed variables belong."""
    return f"notifications.mails/{mail_id}"
