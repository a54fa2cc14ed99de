"""POST /v1/admin/products/{product_id}/variants — one more variant, behind the others."""

from uuid import UUID

from shared.catalog import variant_editing
from shared.catalog.admin_products import AdminVariant
from shared.catalog.refusals import (
    CompareAtTooLow,
    PriceTwice,
    ProductNotFound,
    SaleDatesInvalid,
    SaleNotLower,
    SkuTaken,
    TooManyPrices,
    TooManyVariants,
    VariantExists,
)
from shared.catalog.variant_editing import VariantWish
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def add_variant(
    ask: VariantWish, product_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> AdminVariant:
    made = variant_editing.add_variant(work, product_id, ask, expected)
    work.audit(resource={"product_id": product_id, "variant_id": made.id}, after=made)
    return made


handler = endpoint(
    "POST",
    "/v1/admin/products/{product_id}/variants",
    add_variant,
    needs="products:edit",
    refuses=[
        ProductNotFound,
        TooManyVariants,
        VariantExists,
        SkuTaken,
        PriceTwice,
        CompareAtTooLow,
        SaleDatesInvalid,
        SaleNotLower,
        TooManyPrices,
    ],
    status=201,
)
