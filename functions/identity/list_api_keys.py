"""GET /v1/admin/api-keys — the brand's API keys, without their text."""

from shared.identity import machine_keys
from shared.identity.callers import Staff
from shared.identity.machine_keys import MachineKey
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AskForApiKeys(ListQuery):
    """`page` and `limit`."""


class ApiKeyList(Response):
    """A page of keys, the latest first."""

    data: list[MachineKey]
    pagination: Pagination


def list_api_keys(ask: AskForApiKeys, caller: Staff, work: Work) -> ApiKeyList:
    keys, total = machine_keys.list_keys(work, ask.limit, ask.offset)
    return ApiKeyList(data=keys, pagination=Pagination.of(ask, total))


handler = endpoint("GET", "/v1/admin/api-keys", list_api_keys, needs="api_keys:manage")
