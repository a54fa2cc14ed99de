"""What a mail's row keeps of its variables: JSON, sealed when they hold what opens an account, such as a sign-in link."""

import json
from uuid import UUID

from shared.notifications.variables import MailVariables
from shared.platform import encryption

_SEALED = "sealed"


def written_variables(mail_id: UUID, variables: MailVariables) -> str:
    """The variables as JSON text for the mail's row."""
    told = variables.model_dump_json()
    if not variables.sealed:
        return told
    return json.dumps({_SEALED: encryption.seal(told.encode(), _place(mail_id))})


def read_variables(mail_id: UUID, model: type[MailVariables], written: str) -> MailVariables:
    """The variables of a row. Raises encryption.Unsealable, pydantic.ValidationError."""
    if not model.sealed:
        return model.model_validate_json(written)
    return model.model_validate_json(encryption.unseal(json.loads(written)[_SEALED], _place(mail_id)))


def _place(mail_id: UUID) -> str:
    return f"notifications.mails/{mail_id}"
