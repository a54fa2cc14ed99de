"""A product as the rows of a file: the first row says what it is, each row a variant and an image. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from shared.catalog.spreadsheets.cells import guarded
from shared.catalog.spreadsheets.columns import NO_OPTION, NO_VALUE
from shared.catalog.spreadsheets.shelf import Shelved, ShelvedImage, ShelvedVariant
from shared.catalog.spreadsheets.tag_names import TagNames
from shared.kernel.currencies import in_major_units


@dataclass(frozen=True, slots=True)
class Layout:
    """How a brand's products are written: its name and currency, where its media are, its tags, the columns by field."""

    brand_name: str
    currency: str
    media_url: str
    tags: TagNames
    columns: Mapping[str, str]

    def rows(self, product: Shelved) -> Iterator[list[str]]:
        """The product's rows, a cell for each column."""
        images = [each for each in product.images if each.key]
        variants: list[ShelvedVariant | None] = [*product.variants] or [None]
        for number, (variant, image) in enumerate(zip_longest(variants, images)):
            said = {"handle": product.slug}
            if not number:
                said |= self._product(product)
            if variant is not None:
                said |= self._variant(product, variant, is_first=not number)
            if image is not None:
                said |= self._image(image, number + 1)
            yield [guarded(said.get(field, "")) for field in self.columns]

    def _product(self, product: Shelved) -> dict[str, str]:
        return {
            "title": product.title,
            "description": product.description,
            "vendor": product.producer_name or self.brand_name,
            "categories": "; ".join(path.replace("/", " > ") for path in product.categories),
            "tags": ", ".join(map(self.tags.spelled, product.tags)),
            "published": _yes(product.status == "active"),
            "gift_card": _yes(False),
            "seo_title": product.seo_title or "",
            "seo_description": product.seo_description or "",
            "short_description": product.short_description,
            "kind": product.kind,
            "fulfillment_method": product.fulfillment_method,
            "min_level": product.min_level or "",
            "status": product.status,
        }

    def _variant(self, product: Shelved, variant: ShelvedVariant, *, is_first: bool) -> dict[str, str]:
        said = {
            "sku": variant.sku,
            "weight_g": _number(variant.weight_g),
            "inventory_policy": "deny",
            "fulfillment_service": "manual",
            "requires_shipping": _yes(product.kind == "physical"),
            "taxable": _yes(variant.tax_category != "exempt"),
            "barcode": variant.barcode or "",
            "weight_unit": "g",
            "tax_category": variant.tax_category,
            "price_points": _number(variant.price_points),
        }
        names: Sequence[str] = product.options or [NO_OPTION]
        for number, name in enumerate(names, 1):
            if is_first:
                said[f"{number}:name"] = name
            said[f"{number}:value"] = variant.options.get(name, "") if product.options else NO_VALUE
        for field in self.columns:
            kind, _, currency = field.partition(":")
            if kind in ("price", "compare_at"):
                regular = variant.regular(currency or self.currency)
                amount = (
                    None
                    if regular is None
                    else regular.amount
                    if kind == "price"
                    else regular.compare_at_amount
                )
                said[field] = "" if amount is None else in_major_units(amount, currency or self.currency)
        return said

    def _image(self, image: ShelvedImage, position: int) -> dict[str, str]:
        return {"src": f"{self.media_url}/{image.key}", "position": str(position), "alt": image.alt}


def _yes(said: bool) -> str:
    return "TRUE" if said else "FALSE"


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
