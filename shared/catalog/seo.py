"""What search engines are told of a product, a category or a page, where it is not what they show."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from shared.catalog.events import ProductUpdatedV1
from shared.catalog.refusals import SeoEntityNotFound
from shared.catalog.texts import one_line
from shared.platform.models import Request, Response
from shared.platform.versions import IfMatch
from shared.platform.work import Work

type EntityType = Literal["product", "category", "page"]

# What result pages show is far less; this is what an editor may still type.
MAX_META_TITLE, MAX_META_DESCRIPTION = 200, 500

WebAddress = Annotated[
    str, StringConstraints(max_length=1000, pattern=r"^https?://[^\s<>\"\\^`{|}\x00-\x20]+$")
]


class SeoFields(Request):
    """The whole of it: what is left out or null is as the thing itself says (its title, summary, address, first picture)."""

    meta_title: (
        Annotated[str, StringConstraints(max_length=MAX_META_TITLE), AfterValidator(one_line)] | None
    ) = None
    meta_description: (
        Annotated[str, StringConstraints(max_length=MAX_META_DESCRIPTION), AfterValidator(one_line)] | None
    ) = None
    canonical_url: WebAddress | None = None
    og_image: WebAddress | None = None
    noindex: bool = False


class GivenSeo(Response):
    """What staff have told search engines; null where nothing."""

    meta_title: str | None = None
    meta_description: str | None = None
    canonical_url: str | None = None
    og_image: str | None = None
    noindex: bool = False


class SeoMetadata(GivenSeo):
    """What staff have told search engines of something; `version` is that thing's own."""

    entity_type: EntityType
    entity_id: UUID
    version: int


_FIELDS = ", ".join(GivenSeo.model_fields)
_READ = f"SELECT {_FIELDS} FROM catalog.seo_metadata WHERE (entity_type, entity_id) = (%(type)s, %(id)s)"
_WRITE = """
    INSERT INTO catalog.seo_metadata AS s
        (entity_type, entity_id, meta_title, meta_description, canonical_url, og_image, noindex)
    VALUES (%(type)s, %(id)s, %(meta_title)s, %(meta_description)s, %(canonical_url)s, %(og_image)s, %(noindex)s)
    ON CONFLICT (brand_id, entity_type, entity_id) DO UPDATE
       SET meta_title = excluded.meta_title, meta_description = excluded.meta_description,
           canonical_url = excluded.canonical_url, og_image = excluded.og_image, noindex = excluded.noindex
"""
_TABLES = {"product": "products", "category": "categories"}


def read_seo(work: Work, entity_type: EntityType, entity_id: UUID) -> GivenSeo:
    """What is told of something; nothing yet when nothing was written."""
    row = work.one(_READ, type=entity_type, id=entity_id)
    return GivenSeo(**row._asdict()) if row else GivenSeo()


def write_seo(
    work: Work, entity_type: EntityType, entity_id: UUID, ask: SeoFields, expected: IfMatch
) -> SeoMetadata:
    """Tell search engines this and nothing else. Raises SeoEntityNotFound, VersionStale."""
    table = _TABLES.get(entity_type)
    if table is None:
        raise SeoEntityNotFound
    version = work.value(
        f"SELECT version FROM catalog.{table} WHERE id = %(id)s FOR NO KEY UPDATE", id=entity_id
    )
    if version is None:
        raise SeoEntityNotFound
    expected.check(version)
    fields = {name: value or None for name, value in ask.model_dump().items() if name != "noindex"}
    work.run(_WRITE, type=entity_type, id=entity_id, noindex=ask.noindex, **fields)
    work.run(
        f"UPDATE catalog.{table} SET version = version + 1, updated_at = %(now)s WHERE id = %(id)s",
        id=entity_id,
        now=work.now,
    )
    if entity_type == "product":
        _tell(work, entity_id)
    return SeoMetadata(
        **read_seo(work, entity_type, entity_id).model_dump(),
        entity_type=entity_type,
        entity_id=entity_id,
        version=version + 1,
    )


def _tell(work: Work, product_id: UUID) -> None:
    product = work.one("SELECT slug, status FROM catalog.products WHERE id = %(id)s", id=product_id)
    assert product is not None
    changed = ProductUpdatedV1(
        product_id=product_id, slug=product.slug, status=product.status, changed=["seo"]
    )
    work.tell(changed, key=str(product_id))


def forget_seo(work: Work, entity_type: EntityType, entity_id: UUID) -> None:
    """Forget what was told of something that is no longer there."""
    work.run(
        "DELETE FROM catalog.seo_metadata WHERE (entity_type, entity_id) = (%(type)s, %(id)s)",
        type=entity_type,
        id=entity_id,
    )
