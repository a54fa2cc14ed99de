"""What a product of a file becomes: the product as it is, with what the file says laid over it, if the rules of the catalogue allow. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.catalog.options import MAX_OPTIONS
from shared.catalog.spreadsheets.lookup import Known
from shared.catalog.spreadsheets.merging import Obstacle, images_of, variants_of
from shared.catalog.spreadsheets.shelf import Shelved
from shared.catalog.spreadsheets.staging import Staged
from shared.platform.background import Line

_DEFAULTS: dict[str, Any] = {
    "title": "", "description": "", "short_description": "", "status": "draft", "kind": "physical",
    "fulfillment_method": "stock", "min_level": None, "producer_name": None, "published_at": None, "version": 1,
    "seo_title": None, "seo_description": None, "categories": [], "tags": [], "options": [], "images": [], "variants": [],
}  # fmt: skip
# What a file says of a product word for word.
_PLAIN = (
    "title", "description", "short_description", "kind", "fulfillment_method", "status", "min_level", "seo_title",
    "seo_description",
)  # fmt: skip
_REJECTED = "rejected"


@dataclass(slots=True)
class Plan:
    """A product `before` (None: it is new) and `after`, the titles of tags that it brings, and what is worth a warning."""

    staged: Staged
    before: Shelved | None
    after: Shelved
    new_tags: dict[str, str] = field(default_factory=dict)
    warnings: list[Line] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after


def plan(known: Known, staged: Staged, currency: str, now: datetime, new_id: UUID) -> Plan:
    """What the product becomes; one that is new gets `new_id`. Raises Obstacle."""
    before = _before(known, staged)
    given = staged.fields
    if before is None and not given.get("title"):
        raise Obstacle(staged.row, "Title", "title_missing", "A new product needs a Title.")
    base = before or Shelved(id=new_id, slug=staged.handle or "", **_DEFAULTS)
    planned = Plan(staged, before, base)
    changed: dict[str, Any] = {name: given[name] for name in _PLAIN if name in given}
    if "tags" in given:
        changed["tags"] = list(_tags(known, planned, given["tags"]))
    if "categories" in given:
        changed["categories"] = _categories(known, planned, given["categories"])
    changed["variants"] = variants_of(known, staged, base, currency, now)
    changed["options"] = _options(staged, base, changed["variants"])
    changed["images"] = images_of(known, staged, base, now, planned.warnings)
    after = base._replace(**changed)
    if after.status == "active" and after.published_at is None:
        after = after._replace(published_at=now)
    planned.after = after
    if planned.changes and after.status == "active":
        _check_ready(staged, after)
    return planned


def _before(known: Known, staged: Staged) -> Shelved | None:
    if staged.handle is None:
        found = next((known.by_sku[sku] for sku in staged.skus if sku in known.by_sku), None)
        if found is None:
            raise Obstacle(
                staged.row,
                "Variant SKU",
                "sku_unknown",
                "No variant has this SKU: say which product it belongs to.",
            )
        return found
    found = known.by_handle.get(staged.handle)
    if found is None and staged.handle in known.moved:
        raise Obstacle(
            staged.row,
            "Handle",
            "handle_moved",
            "This handle leads to another product, which was renamed: use its new one.",
        )
    return found


def _tags(known: Known, planned: Plan, tokens: list[str]) -> Iterator[str]:
    seen = set()
    for token in tokens:
        slug = known.tags.resolve(token)
        if not slug:
            raise Obstacle(
                planned.staged.row,
                "Tags",
                "tag_invalid",
                f"{token[:60]!r} has nothing that an address could be made of.",
            )
        if slug not in seen:
            seen.add(slug)
            if not known.tags.is_known(slug):
                planned.new_tags[slug] = token
            yield slug


def _categories(known: Known, planned: Plan, paths: list[str]) -> list[str]:
    found = [path for path in paths if path in known.categories]
    for path in paths:
        if path not in known.categories:
            message = (
                f"There is no category {path[:120]!r}: make it first, or put the product into one by hand."
            )
            planned.warnings.append(
                Line(planned.staged.row, "Product Category", "warning", "category_unknown", message)
            )
    return found if found or not paths else planned.after.categories


def _options(staged: Staged, base: Shelved, variants: list[Any]) -> list[str]:
    names = dict.fromkeys(base.options) | dict.fromkeys(name for each in variants for name in each.options)
    if len(names) > MAX_OPTIONS:
        raise Obstacle(
            staged.row, "Option1 Name", "too_many_options", f"A product has at most {MAX_OPTIONS} options."
        )
    return list(names)


def _check_ready(staged: Staged, after: Shelved) -> None:
    """The same as for publishing by hand."""
    lacking = None
    if not any(variant.prices or variant.price_points for variant in after.variants):
        lacking = "it has no variant with a price"
    elif any(image.status != _REJECTED and not image.alt for image in after.images):
        lacking = "an image has no alternative text"
    if lacking:
        raise Obstacle(
            staged.row, "Status", "product_not_ready", f"The product cannot be published: {lacking}."
        )
