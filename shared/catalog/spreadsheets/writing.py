"""Writing what a file's products become: set by set, and of what was there only what differs."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, LiteralString

from shared.catalog.creation import NewProduct, NewTag, create_products, create_tags
from shared.catalog.events import ProductArchivedV1, ProductPublishedV1, ProductUpdatedV1
from shared.catalog.price_history import note_first_prices, note_prices
from shared.catalog.slugs import path_of
from shared.catalog.spreadsheets.changing import change_images, change_options, change_variants
from shared.catalog.spreadsheets.planning import Plan
from shared.catalog.spreadsheets.shelf import Shelved
from shared.kernel.ids import new_id
from shared.platform.work import Work

# No statement may take longer than the application's role is given for one, and each of these shows its products anew.
_AT_ONCE = 200
_OWN = ("title", "description", "short_description", "kind", "fulfillment_method", "min_level")
_CHANGED_OWN = """
    UPDATE catalog.products p
       SET title = r.title, description = r.description, short_description = r.short_description, kind = r.kind,
           fulfillment_method = r.fulfillment_method, min_level = r.min_level
      FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS r(id uuid, title text, description text, short_description text, kind text, fulfillment_method text, min_level text)
     WHERE p.id = r.id
"""
# Last of all: what is in the shop is shown anew once, when all of it is there.
_STATUS = """
    UPDATE catalog.products p
       SET status = r.status, published_at = r.published_at, version = p.version + r.bump, updated_at = %(now)s
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id uuid, status text, published_at timestamptz, bump int)
     WHERE p.id = r.id
"""
_LINKS: dict[str, tuple[LiteralString, LiteralString]] = {
    "categories": (
        "DELETE FROM catalog.product_categories WHERE product_id = ANY (%(ids)s)",
        """INSERT INTO catalog.product_categories (product_id, category_id, position)
           SELECT r.id, c.id, r.position FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id uuid, name text, position int)
             JOIN catalog.categories c ON c.path = r.name""",
    ),
    "tags": (
        "DELETE FROM catalog.product_tags WHERE product_id = ANY (%(ids)s)",
        """INSERT INTO catalog.product_tags (product_id, tag_id, position)
           SELECT r.id, t.id, r.position FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id uuid, name text, position int)
             JOIN catalog.tags t ON t.slug = r.name""",
    ),
}
_SEO = """
    INSERT INTO catalog.seo_metadata AS s (entity_type, entity_id, meta_title, meta_description)
    SELECT 'product', id, seo_title, seo_description
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id uuid, seo_title text, seo_description text)
    ON CONFLICT (brand_id, entity_type, entity_id) DO UPDATE
       SET meta_title = excluded.meta_title, meta_description = excluded.meta_description
"""
_SHOWN_AGAIN = "DELETE FROM catalog.url_redirects WHERE from_path = ANY (%(paths)s)"


def write(work: Work, plans: Sequence[Plan]) -> None:
    """Write plans that change something; the products are locked and the names are, too. Raises psycopg.errors.UniqueViolation when
    somebody else has taken a SKU meanwhile."""
    _write_tags(work, plans)
    for first in range(0, len(plans), _AT_ONCE):
        _write(work, plans[first : first + _AT_ONCE])


def _write(work: Work, plans: Sequence[Plan]) -> None:
    new = [plan for plan in plans if plan.before is None]
    create_products(work, [_new(plan.after) for plan in new])
    _write_own(work, plans)
    change_variants(work, plans)
    change_options(work, plans)
    change_images(work, plans)
    for name in _LINKS:
        _write_links(work, plans, name)
    _write_seo(work, plans)
    note_first_prices(
        work, {plan.after.id: plan.after.published_at for plan in new if plan.after.published_at}
    )
    _write_status(work, plans)
    note_prices(work, [plan.after.id for plan in plans if plan.before])
    for plan in plans:
        _tell(work, plan)


def changed_fields(plan: Plan) -> list[str]:
    """What of a product changes, as its facts call it. Pure."""
    before, after = plan.before, plan.after
    if before is None:
        return []
    found = {
        name
        for name in (*_OWN, "status", "tags", "options", "images")
        if getattr(before, name) != getattr(after, name)
    }
    if before.categories != after.categories:
        found.add("category_ids")
    if (before.seo_title, before.seo_description) != (after.seo_title, after.seo_description):
        found.add("seo")
    if before.variants != after.variants:
        found.add("variants")
    if {each.id: each.prices for each in before.variants} != {
        each.id: each.prices for each in after.variants
    }:
        found.add("prices")
    return sorted(found)


def _new(product: Shelved) -> NewProduct:
    """A new product as a draft without its links, which follow."""
    return NewProduct(
        id=product.id,
        slug=product.slug,
        status="draft",
        variants=tuple(each.new() for each in product.variants),
        **{name: getattr(product, name) for name in _OWN},
    )


def _write_tags(work: Work, plans: Iterable[Plan]) -> None:
    new = {slug: title for plan in plans for slug, title in plan.new_tags.items()}
    create_tags(work, [NewTag(id=new_id(work.now), slug=slug, title=title) for slug, title in new.items()])


def _write_own(work: Work, plans: Iterable[Plan]) -> None:
    rows = [
        {"id": str(plan.after.id), **{name: getattr(plan.after, name) for name in _OWN}}
        for plan in plans
        if plan.before and any(getattr(plan.before, name) != getattr(plan.after, name) for name in _OWN)
    ]
    if rows:
        work.run(_CHANGED_OWN, rows=json.dumps(rows))


def _write_links(work: Work, plans: Iterable[Plan], name: str) -> None:
    delete, insert = _LINKS[name]
    changed = [
        plan.after
        for plan in plans
        if getattr(plan.after, name) != (getattr(plan.before, name) if plan.before else [])
    ]
    rows = [
        {"id": str(product.id), "name": each, "position": position}
        for product in changed
        for position, each in enumerate(getattr(product, name))
    ]
    if changed:
        work.run(delete, ids=[product.id for product in changed])
        work.run(insert, rows=json.dumps(rows))


def _write_seo(work: Work, plans: Iterable[Plan]) -> None:
    rows = [
        {
            "id": str(plan.after.id),
            "seo_title": plan.after.seo_title,
            "seo_description": plan.after.seo_description,
        }
        for plan in plans
        if _seo(plan.after) != (_seo(plan.before) if plan.before else (None, None))
    ]
    if rows:
        work.run(_SEO, rows=json.dumps(rows))


def _seo(product: Shelved) -> tuple[str | None, str | None]:
    return product.seo_title, product.seo_description


def _write_status(work: Work, plans: Sequence[Plan]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "id": plan.after.id,
            "status": plan.after.status,
            "published_at": plan.after.published_at,
            # A new one is at its first version.
            "bump": 1 if plan.before else 0,
        }
        for plan in plans
        if plan.before or plan.after.status != "draft"
    ]
    if rows:
        work.run(_STATUS, rows=json.dumps(rows, default=str), now=work.now)
    shown = [path_of("products", plan.after.slug) for plan in plans if _is_published(plan)]
    if shown:
        work.run(_SHOWN_AGAIN, paths=shown)


def _is_published(plan: Plan) -> bool:
    return plan.after.status == "active" and (plan.before is None or plan.before.status != "active")


def _tell(work: Work, plan: Plan) -> None:
    product, key = plan.after, str(plan.after.id)
    if changed := changed_fields(plan):
        fact = ProductUpdatedV1(
            product_id=product.id, slug=product.slug, status=product.status, changed=changed
        )
        work.tell(fact, key=key)
    if _is_published(plan):
        work.tell(ProductPublishedV1(product_id=product.id, slug=product.slug, title=product.title), key=key)
    elif plan.before and plan.before.status == "active" and product.status != "active":
        work.tell(ProductArchivedV1(product_id=product.id, slug=product.slug), key=key)
