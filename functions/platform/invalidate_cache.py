"""POST /v1/admin/performance/cache/invalidate — have everything below a prefix of the cache computed anew."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.identity.callers import Staff
from shared.platform.cache import SharedCache
from shared.platform.doors import endpoint
from shared.platform.models import Request, Response
from shared.platform.work import Work


class InvalidateCache(Request):
    """`prefix`: whole steps of a key, such as `analytics` or `analytics:kpis`."""

    prefix: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z0-9_.-]{1,64}(:[A-Za-z0-9_.@+-]{1,64}){0,7}$"),
        Field(examples=["analytics"]),
    ]


class CacheVersion(Response):
    """`version` counts how often the prefix was invalidated."""

    prefix: str
    version: int


def invalidate_cache(ask: InvalidateCache, caller: Staff, work: Work) -> CacheVersion:
    version = SharedCache(work).invalidate(ask.prefix)
    work.audit(resource={"prefix": ask.prefix})
    return CacheVersion(prefix=ask.prefix, version=version)


handler = endpoint(
    "POST", "/v1/admin/performance/cache/invalidate", invalidate_cache, needs="cache:invalidate"
)
