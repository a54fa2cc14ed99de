"""PATCH /v1/admin/products/{product_id}/variants/{variant_id} — change a variant, its prices and its sales."""

from uuid import UUID

from shared.catalog import variant_editing
from shared.catalog.admin_products import AdminVariant
from shared.catalog.refusals import (
    CompareAtTooLow,
    PriceTwice,
    ProductNotFound,
    ProductNotReady,
    SaleDatesInvalid,
    SaleNotLower,
    SkuTaken,
    TooManyPrices,
    VariantExists,
    VariantUnknown,
)
from shared.catalog.variant_editing import VariantChange
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def change_variant(
    ask: VariantChange, product_id: UUID, variant_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> AdminVariant:
    before, after = variant_editing.change_variant(work, product_id, variant_id, ask, expected)
    work.audit(before=before, after=after)
    return after


handler = endpoint(
    "PATCH",
    "/v1/admin/products/{product_id}/variants/{variant_id}",
    change_variant,
    needs="products:edit",
    refuses=[
        ProductNotFound,
        VariantUnknown,
        VariantExists,
        SkuTaken,
        ProductNotReady,
        PriceTwice,
        CompareAtTooLow,
        SaleDatesInvalid,
        SaleNotLower,
        TooManyPrices,
    ],
)
