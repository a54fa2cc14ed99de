"""The terms that whoever has an account has accepted, by the version that the brand gives them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shared.platform.work import Work

_SETTING = "terms_version"
# The version of a brand that has not numbered its terms.
_FIRST_TERMS = "1"

_ACCEPT = """
    UPDATE identity.users SET terms_version = %(version)s, terms_accepted_at = %(now)s WHERE id = %(id)s
"""


def terms_version(settings: Mapping[str, Any]) -> str:
    """The version that is accepted today, by the brand's settings."""
    return str(settings.get(_SETTING) or _FIRST_TERMS)


def accept_terms(work: Work, user_id: UUID) -> None:
    """The user has accepted today's terms."""
    work.run(_ACCEPT, id=user_id, version=terms_version(work.brand.settings), now=work.now)
