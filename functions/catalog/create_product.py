"""POST /v1/admin/products — a new product, a draft until it is published."""

from shared.catalog.admin_products import AdminProduct
from shared.catalog.product_editing import ProductWish, create
from shared.catalog.refusals import (
    CategoryUnknown,
    CompareAtTooLow,
    PriceTwice,
    SaleDatesInvalid,
    SaleNotLower,
    SkuTaken,
    SlugTaken,
    TooManyPrices,
    VariantExists,
)
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def create_product(ask: ProductWish, caller: Staff, work: Work) -> AdminProduct:
    made = create(work, ask)
    work.audit(resource={"product_id": made.id}, after=made)
    return made


handler = endpoint(
    "POST",
    "/v1/admin/products",
    create_product,
    needs="products:edit",
    refuses=[
        SlugTaken,
        SkuTaken,
        CategoryUnknown,
        VariantExists,
        PriceTwice,
        CompareAtTooLow,
        SaleDatesInvalid,
        SaleNotLower,
        TooManyPrices,
    ],
    status=201,
)
