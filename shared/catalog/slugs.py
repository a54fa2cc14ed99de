"""Slugs: what products, categories and tags are called in addresses."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from shared.catalog.refusals import SlugTaken
from shared.platform.work import Work

type Kind = Literal["products", "categories", "tags"]

MAX_SLUG = 120
_NUMBERED = 50
# `l’été` is two words.
_APOSTROPHES = [["'", "-"], ["’", "-"]]

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=MAX_SLUG)]

_TAKEN: dict[Kind, str] = {
    "products": """
        SELECT slug FROM catalog.products WHERE slug = ANY (%(slugs)s)
         UNION ALL SELECT substr(from_path, 11) FROM catalog.url_redirects WHERE from_path = ANY (%(paths)s)
    """,
    "categories": """
        SELECT slug FROM catalog.categories WHERE slug = ANY (%(slugs)s)
         UNION ALL SELECT substr(from_path, 13) FROM catalog.url_redirects WHERE from_path = ANY (%(paths)s)
    """,
    "tags": "SELECT slug FROM catalog.tags WHERE slug = ANY (%(slugs)s)",
}
_OWNER: dict[Kind, str] = {
    kind: f"SELECT id FROM catalog.{kind} WHERE slug = %(slug)s"
    for kind in ("products", "categories", "tags")
}
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))"


def path_of(kind: Kind, slug: str) -> str:
    """Where the shop's front shows it."""
    return f"/{kind}/{slug}"


def derived(title: str, otherwise: str) -> str:
    """The slug of a title, transliterated: `Café « Sablon »` is `cafe-sablon`; `otherwise` when nothing of it can be. Pure."""
    # Imported here: only who names things pays for it.
    from slugify import slugify

    room = MAX_SLUG - len("-00")
    return slugify(title, max_length=room, word_boundary=True, replacements=_APOSTROPHES) or otherwise


def lock_names(work: Work) -> None:
    """Let nobody else name, move or lead anywhere in this brand until the work ends. Taken before any row is locked."""
    work.run(_LOCK, name=f"catalog.names|{work.brand.id}")


def free_slug(work: Work, kind: Kind, title: str) -> str:
    """A slug for something new of this title: the plain one, else the first number that is free behind it. One that leads
    somewhere by a redirect is left alone, so that old links live on. The names are locked."""
    plain = derived(title, kind)
    candidates = [plain, *(f"{plain}-{number}" for number in range(2, _NUMBERED + 2))]
    paths = [path_of(kind, slug) for slug in candidates]
    taken = {row[0] for row in work.all(_TAKEN[kind], slugs=candidates, paths=paths)}
    for slug in candidates:
        if slug not in taken:
            return slug
    return f"{plain}-{int(work.now.timestamp() * 1000)}"


def check_free(work: Work, kind: Kind, slug: str, own: UUID | None = None) -> None:
    """Raise SlugTaken unless the slug is free, or its own. The names are locked."""
    owner = work.value(_OWNER[kind], slug=slug)
    if owner is not None and owner != own:
        raise SlugTaken(slug=slug)
