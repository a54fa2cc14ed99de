"""Products: what staff ask for, and how they are made, changed and deleted."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from psycopg.errors import UniqueViolation
from pydantic import ConfigDict, Field, JsonValue

from shared.catalog.admin_products import AdminProduct, lock_product, read_product, touch
from shared.catalog.creation import NewProduct, create_products, link
from shared.catalog.events import ProductDeletedV1, ProductUpdatedV1
from shared.catalog.options import OptionWish, check_covers, check_distinct, choices_of, write_options
from shared.catalog.redirects import moved, vanished
from shared.catalog.refusals import CategoryUnknown, SkuTaken
from shared.catalog.seo import forget_seo
from shared.catalog.slugs import Slug, check_free, free_slug, lock_names, path_of
from shared.catalog.tags import tags_named
from shared.catalog.texts import Html, Name, Summary, Title
from shared.catalog.variant_editing import VariantWish
from shared.identity.levels import Level
from shared.kernel.ids import new_id
from shared.platform.models import Change, Request
from shared.platform.versions import IfMatch
from shared.platform.work import Work

type ProductKind = Literal["physical", "digital", "points_reward"]
type Fulfillment = Literal["stock", "dropship"]

MAX_VARIANTS_AT_ONCE = 100
MAX_CATEGORIES, MAX_TAGS, MAX_OPTIONS = 50, 50, 10

CategoryIds = Annotated[list[UUID], Field(max_length=MAX_CATEGORIES)]
TagNames = Annotated[list[Name], Field(max_length=MAX_TAGS)]


_EXAMPLE: dict[str, JsonValue] = {
    "title": "Carafe « Senne »",
    "short_description": "Une carafe en verre soufflé, 75 cl.",
    "tags": ["fait-en-belgique"],
    "variants": [{"sku": "CAR-SEN-75", "price": {"amount": 3900, "currency": "EUR"}, "weight_g": 900}],
}


class ProductWish(Request):
    """A new product, a draft. Without a `slug` it gets one from its title. The first category is where it belongs; `tags` are slugs
    or titles, and made when they are not there yet. `description` is HTML and is sanitised."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    title: Title
    slug: Slug | None = None
    description: Html = ""
    short_description: Summary = ""
    kind: ProductKind = "physical"
    fulfillment_method: Fulfillment = "stock"
    partner_id: UUID | None = None
    producer_name: Name | None = None
    is_hero_product: bool = False
    min_level: Level | None = None
    category_ids: CategoryIds = Field([])
    tags: TagNames = Field([])
    variants: Annotated[list[VariantWish], Field(max_length=MAX_VARIANTS_AT_ONCE)] = Field([])


class ProductChange(Change):
    """What changes. A new `slug` of a product that was in the shop leaves a redirect behind; `options` orders the options and their
    values, and must name all that are in use."""

    clears: ClassVar[frozenset[str]] = frozenset({"partner_id", "producer_name", "min_level"})

    title: Title | None = None
    slug: Slug | None = None
    description: Html | None = None
    short_description: Summary | None = None
    kind: ProductKind | None = None
    fulfillment_method: Fulfillment | None = None
    partner_id: UUID | None = None
    producer_name: Name | None = None
    is_hero_product: bool | None = None
    min_level: Level | None = None
    category_ids: CategoryIds | None = None
    tags: TagNames | None = None
    options: Annotated[list[OptionWish], Field(max_length=MAX_OPTIONS)] | None = None


# The product's own columns that a change may name.
_OWN = (
    "title", "slug", "description", "short_description", "kind", "fulfillment_method", "partner_id", "producer_name",
    "is_hero_product", "min_level",
)  # fmt: skip
_UPDATE = (
    f"UPDATE catalog.products SET {', '.join(f'{name} = %({name})s' for name in _OWN)} WHERE id = %(id)s"
)
_OWN_NOW = f"SELECT {', '.join(_OWN)} FROM catalog.products WHERE id = %(id)s"


def create(work: Work, ask: ProductWish) -> AdminProduct:
    """Make a draft. Raises SlugTaken, SkuTaken, CategoryUnknown, VariantExists, and what `check_prices` refuses by."""
    lock_names(work)
    if ask.slug:
        check_free(work, "products", ask.slug)
    check_distinct(each.options for each in ask.variants)
    _check_categories(work, ask.category_ids)
    own = ask.model_dump(include=set(_OWN))
    new = NewProduct(
        **own | {"slug": ask.slug or free_slug(work, "products", ask.title)},
        id=new_id(work.now),
        category_ids=tuple(dict.fromkeys(ask.category_ids)),
        tag_ids=tuple(tags_named(work, ask.tags)),
        variants=tuple(each.new(new_id(work.now)) for each in ask.variants),
    )
    try:
        create_products(work, [new])
    except UniqueViolation as error:
        raise SkuTaken from error
    return read_product(work, new.id)


def change(work: Work, product_id: UUID, ask: ProductChange, expected: IfMatch) -> AdminProduct:
    """Change what is asked for. Raises ProductNotFound, VersionStale, SlugTaken, CategoryUnknown, OptionsIncomplete."""
    lock_names(work)
    row = lock_product(work, product_id, expected)
    asked = ask.asked()
    own = {name: asked[name] for name in _OWN if name in asked}
    if "slug" in own:
        check_free(work, "products", own["slug"], own=product_id)
    if own:
        was = work.one(_OWN_NOW, id=product_id)
        assert was is not None
        work.run(_UPDATE, id=product_id, **was._asdict() | own)
    slug = own.get("slug", row.slug)
    if slug != row.slug and row.published_at is not None:
        moved(work, path_of("products", row.slug), path_of("products", slug))
    if "category_ids" in asked:
        _check_categories(work, asked["category_ids"])
        link(work, product_id, "categories", list(dict.fromkeys(asked["category_ids"])))
    if "tags" in asked:
        link(work, product_id, "tags", tags_named(work, asked["tags"]))
    if "options" in asked:
        check_covers(asked["options"], (each.options for each in choices_of(work, product_id)))
        write_options(work, product_id, asked["options"])
    if asked:
        touch(work, product_id)
        changed = sorted(asked)
        work.tell(
            ProductUpdatedV1(product_id=product_id, slug=slug, status=row.status, changed=changed),
            key=str(product_id),
        )
    return read_product(work, product_id)


def delete(work: Work, product_id: UUID, expected: IfMatch) -> AdminProduct:
    """Delete a product that nobody has ordered, which the caller has seen to. Raises ProductNotFound, VersionStale."""
    lock_names(work)
    row = lock_product(work, product_id, expected)
    before = read_product(work, product_id)
    work.run("DELETE FROM catalog.products WHERE id = %(id)s", id=product_id)
    forget_seo(work, "product", product_id)
    vanished(work, path_of("products", row.slug))
    gone = ProductDeletedV1(
        product_id=product_id, slug=row.slug, variant_ids=[each.id for each in before.variants]
    )
    work.tell(gone, key=str(product_id))
    return before


def _check_categories(work: Work, ids: list[UUID]) -> None:
    wanted = set(ids)
    known: Any = work.value(
        "SELECT count(*) FROM catalog.categories WHERE id = ANY (%(ids)s)", ids=list(wanted)
    )
    if known < len(wanted):
        raise CategoryUnknown
