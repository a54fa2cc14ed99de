"""DELETE /v1/admin/api-keys/{api_key_id} — revoke an API key."""

from uuid import UUID

from shared.identity.callers import Staff
from shared.identity.machine_keys import ApiKeyNotFound, revoke_key
from shared.platform.doors import endpoint
from shared.platform.work import Work


def revoke_api_key(api_key_id: UUID, caller: Staff, work: Work) -> None:
    revoke_key(work, api_key_id)


handler = endpoint(
    "DELETE",
    "/v1/admin/api-keys/{api_key_id}",
    revoke_api_key,
    needs="api_keys:manage",
    refuses=[ApiKeyNotFound],
    status=204,
)
