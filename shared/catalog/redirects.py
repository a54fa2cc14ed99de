"""Redirects: where the shop's old paths have gone. No redirect leads to where another one begins, so that one step is enough."""

import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import quote
from uuid import UUID

from psycopg.errors import UniqueViolation
from pydantic import AfterValidator, ConfigDict, JsonValue, StringConstraints, model_validator

from shared.catalog.refusals import (
    AddressInUse,
    RedirectExists,
    RedirectIncomplete,
    RedirectLoop,
    RedirectNotFound,
)
from shared.catalog.slugs import lock_names
from shared.kernel.ids import new_id
from shared.platform.models import Change, Request, Response
from shared.platform.versions import IfMatch
from shared.platform.work import Work

type Status = Literal[301, 302, 410]

MAX_PATH = 1000
PERMANENT, GONE = 301, 410

# What browsers read as the beginning of another host, and what never stands in a path.
_ELSEWHERE = re.compile(r"//|.*[\\\x00-\x20\x7f]", re.DOTALL)
_UNESCAPED = "/%-._~!$&'()*+,;=:@"
_EXAMPLE: dict[str, JsonValue] = {"from_path": "/cafes", "to_path": "/categories/epicerie"}
_LIVE = re.compile(r"/(products|categories)/([a-z0-9-]+)")


def plain_path(path: str) -> str:
    """A path as it is kept: percent-encoded, without query, fragment and trailing slash. Pure. Raises ValueError."""
    bare = re.split(r"[?#]", path, maxsplit=1)[0]
    if not bare.startswith("/") or _ELSEWHERE.match(bare):
        raise ValueError("a path begins with one / and holds no spaces")
    return quote(bare, safe=_UNESCAPED).rstrip("/") or "/"


def _not_home(path: str) -> str:
    if path == "/":
        raise ValueError("nothing can lead away from the shop's first page")
    return path


def _whole(path: str) -> str:
    if path != re.split(r"[?#]", path, maxsplit=1)[0]:
        raise ValueError("a path has no query and no fragment")
    return plain_path(path)


Path = Annotated[str, StringConstraints(min_length=1, max_length=MAX_PATH), AfterValidator(_whole)]
FromPath = Annotated[Path, AfterValidator(_not_home)]


class NewRedirect(Request):
    """From a path of the shop to another one, for good (301) or for now (302); or nowhere any more (410, without `to_path`)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    from_path: FromPath
    to_path: Path | None = None
    status: Status = 301

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if (self.status == GONE) != (self.to_path is None):
            raise ValueError("a redirect has a to_path, except one of status 410")
        return self


class RedirectChange(Change):
    """What changes."""

    clears: ClassVar[frozenset[str]] = frozenset({"to_path"})

    from_path: FromPath | None = None
    to_path: Path | None = None
    status: Status | None = None


class Redirect(Response):
    """Where a path leads."""

    id: UUID
    from_path: str
    to_path: str | None
    status: Status
    version: int
    created_at: datetime
    updated_at: datetime


_COLUMNS = ", ".join(Redirect.model_fields)
_INSERT = f"""
    INSERT INTO catalog.url_redirects (id, from_path, to_path, status, version, created_at, updated_at)
    VALUES (%(id)s, %(from_path)s, %(to_path)s, %(status)s, %(version)s, %(created_at)s, %(now)s)
    RETURNING {_COLUMNS}
"""
# Whatever led to where the new one begins now leads to where that one ends.
_COLLAPSE = """
    UPDATE catalog.url_redirects
       SET to_path = %(to_path)s, status = CASE WHEN %(to_path)s::text IS NULL THEN 410 ELSE status END,
           version = version + 1, updated_at = %(now)s
     WHERE to_path = %(from_path)s
"""
_IN_USE = {
    "products": "SELECT 1 FROM catalog.products WHERE slug = %(slug)s AND status = 'active'",
    "categories": "SELECT 1 FROM catalog.categories WHERE slug = %(slug)s",
}
_FOUND = """(%(q)s = '' OR position(%(q)s IN from_path) > 0 OR position(%(q)s IN to_path) > 0)"""


def find(work: Work, path: str) -> Redirect | None:
    """What leads on from a plain path."""
    row = work.one(f"SELECT {_COLUMNS} FROM catalog.url_redirects WHERE from_path = %(path)s", path=path)
    return _redirect(row) if row else None


def read_redirect(work: Work, redirect_id: UUID) -> Redirect:
    """One redirect. Raises RedirectNotFound."""
    row = work.one(f"SELECT {_COLUMNS} FROM catalog.url_redirects WHERE id = %(id)s", id=redirect_id)
    if row is None:
        raise RedirectNotFound
    return _redirect(row)


def count(work: Work, q: str) -> int:
    """How many redirects have `q` in one of their paths."""
    return int(work.value(f"SELECT count(*) FROM catalog.url_redirects WHERE {_FOUND}", q=q))


def page(work: Work, q: str, limit: int, offset: int) -> list[Redirect]:
    """Redirects that have `q` in one of their paths, by where they begin."""
    rows = work.all(
        f"""SELECT {_COLUMNS} FROM catalog.url_redirects WHERE {_FOUND}
             ORDER BY from_path LIMIT %(limit)s OFFSET %(offset)s""",
        q=q,
        limit=limit,
        offset=offset,
    )
    return [_redirect(row) for row in rows]


def add_redirect(work: Work, ask: NewRedirect) -> Redirect:
    """Lead from one path to another, or to where that one already leads. Raises RedirectLoop, RedirectExists, AddressInUse."""
    lock_names(work)
    return _write(work, ask.model_dump() | {"id": new_id(work.now), "version": 1, "created_at": work.now})


def change_redirect(work: Work, redirect_id: UUID, ask: RedirectChange, expected: IfMatch) -> Redirect:
    """Change what is asked for. Raises RedirectNotFound, VersionStale, RedirectIncomplete, RedirectLoop, RedirectExists,
    AddressInUse."""
    lock_names(work)
    before = read_redirect(work, redirect_id)
    expected.check(before.version)
    wanted = before.model_dump() | ask.asked()
    if wanted["status"] == GONE and "to_path" not in ask.model_fields_set:
        wanted["to_path"] = None
    if (wanted["status"] == GONE) != (wanted["to_path"] is None):
        raise RedirectIncomplete
    _delete(work, redirect_id)
    return _write(work, wanted | {"version": before.version + 1})


def remove_redirect(work: Work, redirect_id: UUID) -> Redirect:
    """Lead on from this path no more. Raises RedirectNotFound."""
    lock_names(work)
    before = read_redirect(work, redirect_id)
    _delete(work, redirect_id)
    return before


def moved(work: Work, from_path: str, to_path: str) -> None:
    """Something has another address now, which is its own from now on. The names are locked."""
    taken(work, to_path)
    work.run(_COLLAPSE, from_path=from_path, to_path=to_path, now=work.now)
    work.run("DELETE FROM catalog.url_redirects WHERE from_path = %(path)s", path=from_path)
    work.run(
        _INSERT,
        id=new_id(work.now),
        from_path=from_path,
        to_path=to_path,
        status=PERMANENT,
        version=1,
        created_at=work.now,
        now=work.now,
    )


def taken(work: Work, path: str) -> None:
    """Something is shown at this path now, so nothing leads away from it. The names are locked."""
    work.run("DELETE FROM catalog.url_redirects WHERE from_path = %(path)s", path=path)


def vanished(work: Work, path: str) -> None:
    """What was shown at this path is deleted, so nothing leads there. The names are locked."""
    work.run("DELETE FROM catalog.url_redirects WHERE to_path = %(path)s", path=path)


def _write(work: Work, wanted: dict[str, Any]) -> Redirect:
    if (live := _LIVE.fullmatch(wanted["from_path"])) and work.value(_IN_USE[live[1]], slug=live[2]):
        raise AddressInUse
    further = find(work, wanted["to_path"]) if wanted["to_path"] else None
    if further:
        wanted["to_path"] = further.to_path
        wanted["status"] = GONE if further.to_path is None else wanted["status"]
    if wanted["to_path"] == wanted["from_path"]:
        raise RedirectLoop
    try:
        row = work.one(_INSERT, now=work.now, **wanted)
    except UniqueViolation as error:
        raise RedirectExists from error
    work.run(_COLLAPSE, from_path=wanted["from_path"], to_path=wanted["to_path"], now=work.now)
    return _redirect(row)


def _delete(work: Work, redirect_id: UUID) -> None:
    work.run("DELETE FROM catalog.url_redirects WHERE id = %(id)s", id=redirect_id)


def _redirect(row: Any) -> Redirect:
    return Redirect(**row._asdict())
