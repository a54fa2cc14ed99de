"""Categories as staff see them: a tree whose every node knows its path from the root."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from shared.catalog.creation import NewCategory, create_categories
from shared.catalog.redirects import moved, taken, vanished
from shared.catalog.refusals import (
    CategoryHasChildren,
    CategoryLoop,
    CategoryNotFound,
    CategoryTooDeep,
    CategoryUnknown,
)
from shared.catalog.relisting import follow_up
from shared.catalog.seo import GivenSeo, forget_seo
from shared.catalog.slugs import Kind, Slug, check_free, free_slug, lock_names, path_of
from shared.catalog.texts import Title
from shared.kernel.ids import new_id
from shared.platform.models import Change, Request, Response
from shared.platform.versions import IfMatch
from shared.platform.work import Work

MAX_DEPTH = 10
_KIND: Kind = "categories"

Position = Annotated[int, Field(ge=0, le=1_000_000)]


class CategoryWish(Request):
    """A new category: below another one, or at the root. Without a `position` it is the last of its siblings."""

    title: Title
    slug: Slug | None = None
    parent_id: UUID | None = None
    position: Position | None = None


class CategoryChange(Change):
    """What changes. With another `parent_id` (null: the root) a category takes along all that is below it."""

    clears: ClassVar[frozenset[str]] = frozenset({"parent_id"})

    title: Title | None = None
    slug: Slug | None = None
    parent_id: UUID | None = None
    position: Position | None = None


class Category(Response):
    """A category. `path` is the slugs from the root down; `product_count` counts the products in it, published or not."""

    id: UUID
    slug: str
    title: str
    parent_id: UUID | None
    path: str
    position: int
    product_count: int
    seo: GivenSeo
    version: int
    created_at: datetime
    updated_at: datetime


_CATEGORY = """
    SELECT c.id, c.slug, c.title, c.parent_id, c.path, c.position, c.version, c.created_at,
           coalesce(c.updated_at, c.created_at) AS updated_at,
           (SELECT count(*) FROM catalog.product_categories m WHERE (m.brand_id, m.category_id) = (c.brand_id, c.id))
               AS product_count,
           json_build_object('meta_title', s.meta_title, 'meta_description', s.meta_description,
               'canonical_url', s.canonical_url, 'og_image', s.og_image, 'noindex', coalesce(s.noindex, false)) AS seo
      FROM catalog.categories c
      LEFT JOIN catalog.seo_metadata s
        ON s.brand_id = c.brand_id AND s.entity_type = 'category' AND s.entity_id = c.id
"""
_MOVE = """
    UPDATE catalog.categories
       SET path = %(path)s::text || substr(path, length(%(was)s::text) + 1), version = version + 1, updated_at = %(now)s
     WHERE starts_with(path, %(was)s::text || '/')
"""
_UPDATE = """
    UPDATE catalog.categories
       SET slug = %(slug)s, title = %(title)s, parent_id = %(parent_id)s, path = %(path)s, position = %(position)s,
           version = version + 1, updated_at = %(now)s
     WHERE id = %(id)s
"""


def count(work: Work) -> int:
    """How many categories there are."""
    return int(work.value("SELECT count(*) FROM catalog.categories"))


def page(work: Work, limit: int, offset: int) -> list[Category]:
    """Categories in the order of a menu that is unfolded: each before what is below it."""
    rows = work.all(
        f"""
        WITH RECURSIVE places AS (
            SELECT id, ARRAY[lpad(position::text, 7, '0'), slug] AS place FROM catalog.categories WHERE parent_id IS NULL
             UNION ALL
            SELECT c.id, p.place || ARRAY[lpad(c.position::text, 7, '0'), c.slug]
              FROM catalog.categories c JOIN places p ON p.id = c.parent_id
        )
        SELECT c.* FROM ({_CATEGORY}) c JOIN places p ON p.id = c.id
         ORDER BY p.place LIMIT %(limit)s OFFSET %(offset)s
        """,
        limit=limit,
        offset=offset,
    )
    return [_category(row) for row in rows]


def read_category(work: Work, category_id: UUID) -> Category:
    """One category. Raises CategoryNotFound."""
    row = work.one(f"SELECT c.* FROM ({_CATEGORY}) c WHERE c.id = %(id)s", id=category_id)
    if row is None:
        raise CategoryNotFound
    return _category(row)


def add_category(work: Work, ask: CategoryWish) -> Category:
    """Write a new category. Raises CategoryUnknown (its parent), CategoryTooDeep, SlugTaken."""
    lock_names(work)
    if ask.slug:
        check_free(work, _KIND, ask.slug)
    slug = ask.slug or free_slug(work, _KIND, ask.title)
    parent = _parent(work, ask.parent_id)
    new = NewCategory(
        id=new_id(work.now),
        slug=slug,
        title=ask.title,
        parent_id=ask.parent_id,
        path=_below(parent, slug),
        position=_last(work, ask.parent_id) if ask.position is None else ask.position,
    )
    create_categories(work, [new])
    taken(work, path_of(_KIND, slug))
    return read_category(work, new.id)


def change_category(work: Work, category_id: UUID, ask: CategoryChange, expected: IfMatch) -> Category:
    """Change what is asked for; a new slug leaves a redirect behind.

    Raises CategoryNotFound, VersionStale, CategoryUnknown (its parent), CategoryLoop, CategoryTooDeep, SlugTaken.
    """
    lock_names(work)
    before = read_category(work, category_id)
    expected.check(before.version)
    wanted = before.model_dump(include={"slug", "title", "parent_id", "position"}) | ask.asked()
    check_free(work, _KIND, wanted["slug"], own=category_id)
    parent = _parent(work, wanted["parent_id"])
    if parent is not None and f"{parent}/".startswith(f"{before.path}/"):
        raise CategoryLoop
    if wanted["parent_id"] != before.parent_id and ask.position is None:
        wanted["position"] = _last(work, wanted["parent_id"])
    path = _below(parent, wanted["slug"])
    if path != before.path:
        _check_depth(work, before.path, path)
        work.run(_MOVE, was=before.path, path=path, now=work.now)
    work.run(_UPDATE, id=category_id, path=path, now=work.now, **wanted)
    if wanted["slug"] != before.slug:
        moved(work, path_of(_KIND, before.slug), path_of(_KIND, wanted["slug"]))
    follow_up(work)
    return read_category(work, category_id)


def delete_category(work: Work, category_id: UUID) -> Category:
    """Delete a category that has none below it; its products stay. Raises CategoryNotFound, CategoryHasChildren."""
    lock_names(work)
    before = read_category(work, category_id)
    if work.value("SELECT 1 FROM catalog.categories WHERE parent_id = %(id)s LIMIT 1", id=category_id):
        raise CategoryHasChildren
    work.run("DELETE FROM catalog.categories WHERE id = %(id)s", id=category_id)
    forget_seo(work, "category", category_id)
    vanished(work, path_of(_KIND, before.slug))
    follow_up(work)
    return before


def _parent(work: Work, parent_id: UUID | None) -> str | None:
    if parent_id is None:
        return None
    path: str | None = work.value("SELECT path FROM catalog.categories WHERE id = %(id)s", id=parent_id)
    if path is None:
        raise CategoryUnknown
    return path


def _below(parent: str | None, slug: str) -> str:
    path = f"{parent}/{slug}" if parent else slug
    if path.count("/") >= MAX_DEPTH:
        raise CategoryTooDeep
    return path


def _check_depth(work: Work, was: str, path: str) -> None:
    deepest = work.value(
        """SELECT max(length(path) - length(replace(path, '/', ''))) FROM catalog.categories
            WHERE starts_with(path, %(was)s::text || '/')""",
        was=was,
    )
    if deepest is not None and deepest - was.count("/") + path.count("/") >= MAX_DEPTH:
        raise CategoryTooDeep


def _last(work: Work, parent_id: UUID | None) -> int:
    """The position behind all siblings."""
    found: int = work.value(
        "SELECT coalesce(max(position) + 1, 0) FROM catalog.categories WHERE parent_id IS NOT DISTINCT FROM %(id)s::uuid",
        id=parent_id,
    )
    return found


def _category(row: Any) -> Category:
    return Category(**row._asdict())
