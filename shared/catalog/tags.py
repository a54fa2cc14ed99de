"""Tags as staff see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.catalog.creation import NewTag, create_tags
from shared.catalog.refusals import TagNotFound
from shared.catalog.relisting import follow_up
from shared.catalog.slugs import Kind, Slug, check_free, derived, free_slug, lock_names
from shared.catalog.texts import Name
from shared.kernel.ids import new_id
from shared.platform.models import Change, Request, Response
from shared.platform.versions import IfMatch
from shared.platform.work import Work

_KIND: Kind = "tags"


class TagWish(Request):
    """A new tag."""

    title: Name
    slug: Slug | None = None


class TagChange(Change):
    """What changes."""

    title: Name | None = None
    slug: Slug | None = None


class Tag(Response):
    """A tag. `product_count` counts the products that have it, published or not."""

    id: UUID
    slug: str
    title: str
    product_count: int
    version: int
    created_at: datetime
    updated_at: datetime


_TAG = """
    SELECT t.id, t.slug, t.title, t.version, t.created_at, coalesce(t.updated_at, t.created_at) AS updated_at,
           (SELECT count(*) FROM catalog.product_tags m WHERE (m.brand_id, m.tag_id) = (t.brand_id, t.id))
               AS product_count
      FROM catalog.tags t
"""
_FOUND = (
    "(%(q)s::text = '' OR position(lower(%(q)s::text) IN lower(title)) > 0 OR starts_with(slug, %(q)s::text))"
)


def count(work: Work, q: str) -> int:
    """How many tags have `q` in their title."""
    return int(work.value(f"SELECT count(*) FROM catalog.tags WHERE {_FOUND}", q=q))


def page(work: Work, q: str, limit: int, offset: int) -> list[Tag]:
    """Tags that have `q` in their title, by title."""
    rows = work.all(
        f"SELECT * FROM ({_TAG}) t WHERE {_FOUND} ORDER BY lower(title), id LIMIT %(limit)s OFFSET %(offset)s",
        q=q,
        limit=limit,
        offset=offset,
    )
    return [_tag(row) for row in rows]


def read_tag(work: Work, tag_id: UUID) -> Tag:
    """One tag. Raises TagNotFound."""
    row = work.one(f"SELECT * FROM ({_TAG}) t WHERE t.id = %(id)s", id=tag_id)
    if row is None:
        raise TagNotFound
    return _tag(row)


def add_tag(work: Work, ask: TagWish) -> Tag:
    """Write a new tag. Raises SlugTaken."""
    lock_names(work)
    if ask.slug:
        check_free(work, _KIND, ask.slug)
    new = NewTag(id=new_id(work.now), slug=ask.slug or free_slug(work, _KIND, ask.title), title=ask.title)
    create_tags(work, [new])
    return read_tag(work, new.id)


def change_tag(work: Work, tag_id: UUID, ask: TagChange, expected: IfMatch) -> Tag:
    """Change what is asked for. Raises TagNotFound, VersionStale, SlugTaken."""
    lock_names(work)
    before = read_tag(work, tag_id)
    expected.check(before.version)
    wanted = before.model_dump(include={"slug", "title"}) | ask.asked()
    check_free(work, _KIND, wanted["slug"], own=tag_id)
    work.run(
        """UPDATE catalog.tags SET slug = %(slug)s, title = %(title)s, version = version + 1, updated_at = %(now)s
            WHERE id = %(id)s""",
        id=tag_id,
        now=work.now,
        **wanted,
    )
    follow_up(work)
    return read_tag(work, tag_id)


def delete_tag(work: Work, tag_id: UUID) -> Tag:
    """Delete a tag; its products lose it. Raises TagNotFound."""
    lock_names(work)
    before = read_tag(work, tag_id)
    work.run("DELETE FROM catalog.tags WHERE id = %(id)s", id=tag_id)
    follow_up(work)
    return before


def tags_named(work: Work, names: Sequence[str]) -> list[UUID]:
    """The ids of the tags that staff name by slug or title, in that order; those that are not there yet are made. The names are
    locked."""
    titles = {derived(name, _KIND): name for name in reversed(names)}
    wanted = list(dict.fromkeys(derived(name, _KIND) for name in names))
    rows = work.all("SELECT slug, id FROM catalog.tags WHERE slug = ANY (%(slugs)s)", slugs=wanted)
    known: dict[str, UUID] = {row.slug: row.id for row in rows}
    new = [NewTag(id=new_id(work.now), slug=slug, title=titles[slug]) for slug in wanted if slug not in known]
    create_tags(work, new)
    known |= {tag.slug: tag.id for tag in new}
    return [known[slug] for slug in wanted]


def _tag(row: Any) -> Tag:
    return Tag(**row._asdict())
