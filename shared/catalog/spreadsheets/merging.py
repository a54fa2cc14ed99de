"""A product's variants and images with what a file says laid over them. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.catalog.creation import NewPrice
from shared.catalog.options import check_distinct
from shared.catalog.price_lists import check_prices
from shared.catalog.spreadsheets import cells
from shared.catalog.spreadsheets.lookup import Known
from shared.catalog.spreadsheets.shelf import Shelved, ShelvedImage, ShelvedVariant, is_regular
from shared.catalog.spreadsheets.staging import Staged
from shared.catalog.variant_editing import MAX_VARIANTS
from shared.kernel.ids import new_id
from shared.kernel.refusals import Refusal
from shared.platform.background import Line

MOST_IMAGES = 50
_MAX_SKU = 100
_PLAIN = ("barcode", "weight_g", "price_points", "tax_category")
_NEW: dict[str, Any] = {"barcode": None, "price_points": None, "weight_g": None, "tax_category": "standard"}


class Obstacle(Exception):
    """Why a product cannot become what the file says: the line of the report."""

    def __init__(self, row: int, column: str | None, code: str, message: str) -> None:
        super().__init__(message)
        self.line = Line(row, column, "error", code, message)


def variants_of(
    known: Known, staged: Staged, base: Shelved, currency: str, now: datetime
) -> list[ShelvedVariant]:
    """The variants: known ones changed, new ones behind them; one that the file says nothing of stays. Raises Obstacle."""
    variants = list(base.variants)
    claimed = set(staged.skus)
    for given in staged.variants:
        row, sku, options = given["row"], given["sku"], given["options"]
        owner = known.by_sku.get(sku) if sku else None
        if owner is not None and owner.id != base.id:
            message = f"The product {owner.slug!r} has a variant with this SKU."
            raise Obstacle(row, "Variant SKU", "sku_taken", message)
        at = _place_of(variants, sku, options, claimed)
        if at is None:
            variants.append(_new_variant(known, base, given, len(variants), currency, now))
        else:
            variants[at] = _changed(variants[at], given, currency)
    first = staged.variants[0]["row"] if staged.variants else staged.row
    if len(variants) > MAX_VARIANTS:
        raise Obstacle(first, None, "too_many_variants", f"A product has at most {MAX_VARIANTS} variants.")
    if variants != base.variants:
        try:
            check_distinct(each.options for each in variants)
        except Refusal as refused:
            raise Obstacle(first, "Option1 Value", refused.code(), refused.detail) from refused
        if len({each.sku for each in variants}) < len(variants):
            raise Obstacle(first, "Variant SKU", "sku_repeated", "Two variants would have the same SKU.")
    return variants


def images_of(
    known: Known, staged: Staged, base: Shelved, now: datetime, warnings: list[Line]
) -> list[ShelvedImage]:
    """The images: known ones with their texts and in the file's order, those of ours that others show added. Raises Obstacle."""
    images = list(base.images)
    places: dict[Any, int] = {}
    for given in staged.images:
        found = known.images.get(given["src"])
        if found is None:
            message = "Images at other addresses are not fetched: send the file to the product instead."
            warnings.append(Line(given["row"], "Image Src", "warning", "image_not_fetched", message))
            continue
        at = next((place for place, image in enumerate(images) if image.key == found.key), None)
        if at is None:
            at = len(images)
            last = max((image.position for image in images), default=-1)
            images.append(ShelvedImage(new_id(now), found.key, found.alt, last + 1, "ready"))
        if given["alt"] is not None:
            images[at] = images[at]._replace(alt=given["alt"])
        if given["position"] is not None:
            places[images[at].id] = given["position"]
    if len(images) > max(MOST_IMAGES, len(base.images)):
        raise Obstacle(
            staged.row, "Image Src", "too_many_images", f"A product has at most {MOST_IMAGES} images."
        )
    # A stable sort: who is given no place, or shares one, stays where it was.
    ordered = sorted(images, key=lambda image: places.get(image.id, images.index(image) + 1))
    if [image.id for image in ordered] == [image.id for image in images]:
        return images
    return [image._replace(position=position) for position, image in enumerate(ordered)]


def _place_of(
    variants: list[ShelvedVariant], sku: str | None, options: dict[str, str] | None, claimed: set[str]
) -> int | None:
    """Which variant is meant: the one of this SKU; else the one of these options, unless the file says its SKU of another row."""
    for place, variant in enumerate(variants):
        if sku is not None and variant.sku == sku:
            return place
    for place, variant in enumerate(variants):
        if variant.options == (options or {}) and (sku is None or variant.sku not in claimed):
            return place
    return None


def _new_variant(
    known: Known, base: Shelved, given: Mapping[str, Any], position: int, currency: str, now: datetime
) -> ShelvedVariant:
    options = given["options"] or {}
    sku = given["sku"] or "-".join(filter(None, (base.slug, *map(cells.slug, options.values()))))
    if len(sku) > _MAX_SKU or (not given["sku"] and sku in known.by_sku):
        raise Obstacle(
            given["row"], "Variant SKU", "sku_missing", "A new variant needs a SKU: none could be made up."
        )
    highest = max((each.position for each in base.variants), default=-1)
    bare = ShelvedVariant(
        id=new_id(now),
        sku=sku,
        title="",
        options={},
        position=max(highest + 1, position),
        prices=(),
        **_NEW,
    )
    return _changed(bare, given, currency)


def _changed(variant: ShelvedVariant, given: Mapping[str, Any], currency: str) -> ShelvedVariant:
    said: Mapping[str, Any] = given["fields"]
    changed: dict[str, Any] = {name: said[name] for name in _PLAIN if name in said}
    if given["sku"]:
        changed["sku"] = given["sku"]
    options = given["options"]
    if options is not None and options != variant.options:
        changed |= {"options": options, "title": " / ".join(options.values())}
    prices = variant.prices
    for code, slot in said.get("prices", {}).items():
        prices = _repriced(prices, code, slot, given["row"])
    if prices != variant.prices:
        try:
            check_prices(prices)
        except Refusal as refused:
            raise Obstacle(given["row"], "Variant Price", refused.code(), refused.detail) from refused
        changed["prices"] = prices
    return variant._replace(**changed)


def _repriced(
    prices: tuple[NewPrice, ...], currency: str, slot: Mapping[str, int | None], row: int
) -> tuple[NewPrice, ...]:
    """The regular price in a currency is what the file says; sales stay."""
    at = next((i for i, each in enumerate(prices) if each.currency == currency and is_regular(each)), None)
    was = prices[at] if at is not None else None
    amount = slot.get("price", was.amount if was else None)
    compare_at = slot.get("compare_at", was.compare_at_amount if was else None)
    if amount is None:
        if compare_at and "compare_at" in slot:
            raise Obstacle(
                row, "Variant Compare At Price", "price_missing", "A price before needs a price now."
            )
        return prices if at is None else prices[:at] + prices[at + 1 :]
    # Shops that know no "nothing" write 0.
    price = NewPrice(currency=currency, amount=amount, compare_at_amount=compare_at or None)
    return (price, *prices) if at is None else (*prices[:at], price, *prices[at + 1 :])
