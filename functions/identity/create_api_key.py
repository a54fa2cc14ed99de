"""POST /v1/admin/api-keys — make an API key; its text is answered this once."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.identity import machine_keys
from shared.identity.callers import Staff
from shared.identity.machine_keys import KeyLifetime, MachineKey, ScopeNotYours, ScopeUnknown
from shared.platform.doors import endpoint
from shared.platform.models import Request, ShortText
from shared.platform.work import Work

Scope = Annotated[str, Field(min_length=3, max_length=60, examples=["orders:read"])]


class NewApiKey(Request):
    """`scopes` are permissions of staff, and `visitors:forward` for a front-end server that forwards its visitors' addresses in
    `X-Visitor-Address`. Without `expires_at` a key lives a year."""

    name: ShortText
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=50)]
    expires_at: Annotated[AwareDatetime, Field(strict=False)] | None = None


class CreatedApiKey(MachineKey):
    """The key with its text, for `X-Api-Key` or as a bearer token."""

    key: str = Field(repr=False)


def create_api_key(ask: NewApiKey, caller: Staff, work: Work) -> CreatedApiKey:
    made, text = machine_keys.make_key(work, caller, ask.name, ask.scopes, ask.expires_at)
    work.audit(resource={"api_key_id": made.id}, after={"scopes": made.scopes, "expires_at": made.expires_at})
    return CreatedApiKey(**made.model_dump(), key=text.text)


# A kept answer would hold the key in plain text, so there is no replay.
handler = endpoint(
    "POST",
    "/v1/admin/api-keys",
    create_api_key,
    needs="api_keys:manage",
    refuses=[ScopeUnknown, ScopeNotYours, KeyLifetime],
    status=201,
    idempotency="none",
)
