"""Brands: the tenant a request is for, from its host name, else the `X-Brand` header, else the default brand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.kernel.refusals import NotFound
from shared.platform.database import Role, connection
from shared.platform.settings import settings

_KEEP = timedelta(seconds=30)
_KEEP_AT_MOST = 1000


class BrandNotFound(NotFound):
    """There is no such brand here."""


@dataclass(frozen=True, slots=True)
class Brand:
    """The tenant. `settings` are the brand's own choices; absent keys mean the default."""

    id: UUID
    slug: str
    name: str
    locale: str
    timezone: str
    currency: str
    store_url: str
    settings: dict[str, Any] = field(default_factory=dict)


_known: dict[tuple[str, str], tuple[datetime, Brand | None]] = {}


def find_brand(host: str, slug: str) -> Brand:
    """The brand of `host`, else of `slug`, else (when no slug was given) the default one. Raises BrandNotFound."""
    # Real time on purpose: how long a cache lives is not part of the story that the one clock tells.
    now = datetime.now(UTC)
    key = (host, slug)
    kept = _known.get(key)
    if kept is None or kept[0] < now:
        if len(_known) >= _KEEP_AT_MOST:
            _known.clear()
        kept = _known[key] = (now + _KEEP, _look_up(host, slug or settings().default_brand))
    if kept[1] is None:
        raise BrandNotFound
    return kept[1]


def brand_by_id(brand_id: UUID) -> Brand | None:
    """The brand with this id, or None: for consumers and jobs, whose events name it."""
    now = datetime.now(UTC)
    key = ("id", str(brand_id))
    kept = _known.get(key)
    if kept is None or kept[0] < now:
        row = connection(_role()).execute("SELECT * FROM platform.brand_by_id(%s)", (brand_id,)).fetchone()
        kept = _known[key] = (now + _KEEP, Brand(*row) if row else None)
    return kept[1]


def _look_up(host: str, slug: str) -> Brand | None:
    row = connection(_role()).execute("SELECT * FROM platform.find_brand(%s, %s)", (host, slug)).fetchone()
    return Brand(*row) if row else None


def _role() -> Role:
    return Role.APP if settings().app_database else Role.JOBS


def forget() -> None:
    """Drop the warm cache."""
    _known.clear()
