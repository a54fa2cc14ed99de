"""Variants, prices, options and images of products that are there already: what a file changes of them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from shared.catalog.creation import create_variants
from shared.catalog.options import Option, grown, options_of, write_options
from shared.catalog.spreadsheets.planning import Plan
from shared.catalog.spreadsheets.shelf import Shelved, ShelvedImage, ShelvedVariant, is_regular
from shared.kernel.ids import new_id
from shared.platform.work import Work

_OWN = ("sku", "title", "barcode", "options", "price_points", "weight_g", "tax_category")
_VARIANTS = """
    UPDATE catalog.product_variants v
       SET sku = r.sku, title = r.title, barcode = r.barcode, options = r.options, price_points = r.price_points,
           weight_g = r.weight_g, tax_category = r.tax_category, updated_at = %(now)s
      FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS r(id uuid, sku text, title text, barcode text, options jsonb, price_points bigint, weight_g int, tax_category text)
     WHERE v.id = r.id
"""
# The regular price of a currency stays the same price, which its history goes on from.
_PRICES = """
    INSERT INTO catalog.variant_prices AS x (id, variant_id, currency, amount, compare_at_amount, created_at)
    SELECT id, variant_id, currency, amount, compare_at, %(now)s
      FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS r(id uuid, variant_id uuid, currency char(3), amount bigint, compare_at bigint)
    ON CONFLICT (brand_id, variant_id, currency) WHERE starts_at IS NULL AND ends_at IS NULL
    DO UPDATE SET amount = excluded.amount, compare_at_amount = excluded.compare_at_amount
"""
_NO_PRICES = """
    DELETE FROM catalog.variant_prices x
     USING jsonb_to_recordset(%(rows)s::jsonb) AS r(variant_id uuid, currency char(3))
     WHERE x.variant_id = r.variant_id AND x.currency = r.currency AND x.starts_at IS NULL AND x.ends_at IS NULL
"""
_IMAGES = """
    UPDATE catalog.product_images i SET alt = r.alt, position = r.position, version = i.version + 1
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id uuid, alt text, position int) WHERE i.id = r.id
"""
# Another image of the same file: what is known of the file goes along.
_SAME_FILES = """
    INSERT INTO catalog.product_images (id, product_id, key, renditions, width, height, alt, position, created_at)
    SELECT r.id, r.product_id, r.key, k.renditions, k.width, k.height, r.alt, r.position, %(now)s
      FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(id uuid, product_id uuid, key text, alt text, position int)
      JOIN (SELECT DISTINCT ON (key) key, renditions, width, height FROM catalog.product_images
             WHERE status = 'ready' AND key = ANY (%(keys)s) ORDER BY key, id) k ON k.key = r.key
"""


def change_variants(work: Work, plans: Sequence[Plan]) -> None:
    """Write changed and added variants of known products, with their prices."""
    changed: list[dict[str, Any]] = []
    priced: list[dict[str, Any]] = []
    unpriced: list[dict[str, Any]] = []
    for plan in plans:
        if plan.before is None or plan.before.variants == plan.after.variants:
            continue
        known = {each.id: each for each in plan.before.variants}
        added = [each for each in plan.after.variants if each.id not in known]
        if added:
            create_variants(work, plan.after.id, [each.new() for each in added])
        for variant in plan.after.variants:
            was = known.get(variant.id)
            if was is None:
                continue
            if any(getattr(was, name) != getattr(variant, name) for name in _OWN):
                changed.append({"id": str(variant.id), **{name: getattr(variant, name) for name in _OWN}})
            _note_prices(work, was, variant, priced, unpriced)
    if changed:
        work.run(_VARIANTS, rows=json.dumps(changed), now=work.now)
    if unpriced:
        work.run(_NO_PRICES, rows=json.dumps(unpriced))
    if priced:
        work.run(_PRICES, rows=json.dumps(priced), now=work.now)


def change_options(work: Work, plans: Iterable[Plan]) -> None:
    """Let known products know the options and values that their variants have now; what they knew stays, in its order."""
    for plan in plans:
        if plan.before is None or _options(plan.before) == _options(plan.after):
            continue
        known = options_of(work, plan.after.id)
        wanted: list[Option] = grown(known, _options(plan.after))
        if wanted != known:
            write_options(work, plan.after.id, wanted)


def change_images(work: Work, plans: Iterable[Plan]) -> None:
    """Write texts and places of images, and images that show files of ours."""
    changed: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    for plan in plans:
        known = {each.id: each for each in (plan.before.images if plan.before else ())}
        for image in plan.after.images:
            if image.id not in known:
                added.append(_image(image) | {"product_id": str(plan.after.id), "key": image.key})
            elif known[image.id] != image:
                changed.append(_image(image))
    if changed:
        work.run(_IMAGES, rows=json.dumps(changed))
    if added:
        work.run(_SAME_FILES, rows=json.dumps(added), keys=[row["key"] for row in added], now=work.now)


def _note_prices(
    work: Work,
    was: ShelvedVariant,
    variant: ShelvedVariant,
    priced: list[dict[str, Any]],
    unpriced: list[dict[str, Any]],
) -> None:
    before = {each.currency: each for each in was.prices if is_regular(each)}
    after = {each.currency: each for each in variant.prices if is_regular(each)}
    for currency, price in after.items():
        if price != before.get(currency):
            priced.append(
                {
                    "id": str(new_id(work.now)),
                    "variant_id": str(variant.id),
                    "currency": currency,
                    "amount": price.amount,
                    "compare_at": price.compare_at_amount,
                }
            )
    unpriced += [
        {"variant_id": str(variant.id), "currency": currency} for currency in before.keys() - after.keys()
    ]


def _options(product: Shelved) -> list[dict[str, str]]:
    return [each.options for each in product.variants]


def _image(image: ShelvedImage) -> dict[str, Any]:
    return {"id": str(image.id), "alt": image.alt, "position": image.position}
