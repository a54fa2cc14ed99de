"""Brands: the tenant a request is for, from its host name, else the `X-Brand` header, else the default brand."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from shared.kernel.refusals import NotFound
from shared.platform.database import look_up
from shared.platform.settings import settings

_KEEP = timedelta(seconds=30)
_KEEP_AT_MOST = 1000
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_MAX_HOST = 253


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


_known: dict[tuple[str, str], tuple[datetime, Brand]] = {}


def find_brand(host: str, slug: str, admit: Callable[[], object] = lambda: None) -> Brand:
    """The brand of `host`, else of `slug`, else (when no slug was given) the default one. Raises BrandNotFound.

    `admit` is called before the database is asked, so that guessing brands can be counted and refused.
    """
    host, slug = host.lower(), slug or settings().default_brand
    if len(host) > _MAX_HOST or not _SLUG.fullmatch(slug):
        raise BrandNotFound
    return _kept((host, slug), "SELECT * FROM platform.find_brand(%s, %s)", (host, slug), admit)


def brand_by_id(brand_id: UUID) -> Brand:
    """The brand with this id: for consumers and jobs, whose events and rows name it. Raises BrandNotFound."""
    return _kept(("", str(brand_id)), "SELECT * FROM platform.brand_by_id(%s)", (brand_id,), lambda: None)


def _kept(
    key: tuple[str, str], sql: LiteralString, values: tuple[object, ...], admit: Callable[[], object]
) -> Brand:
    # Real time on purpose: how long a cache lives is not part of the story that the one clock tells.
    now = datetime.now(UTC)
    kept = _known.get(key)
    if kept is not None and kept[0] >= now:
        return kept[1]
    admit()
    row = look_up(sql, *values)
    if row is None:
        # Not kept: guesses would push out the brands that exist.
        raise BrandNotFound
    if len(_known) >= _KEEP_AT_MOST:
        _known.clear()
    brand = Brand(*row)
    _known[key] = (now + _KEEP, brand)
    return brand


def forget() -> None:
    """Drop the warm cache."""
    _known.clear()
