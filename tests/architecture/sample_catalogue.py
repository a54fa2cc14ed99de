"""What the samples about the catalogue are about beside the demo's own products: a redirect, and a product that nobody orders."""

from functions._generate.demo import FACTS, OVERRIDES
from shared.catalog.creation import NewPrice, NewProduct, NewVariant, create_products
from shared.catalog.redirects import NewRedirect, add_redirect
from shared.kernel.ids import new_id
from shared.platform.brands import Brand
from shared.platform.work import begin


def make_catalogue(brand: Brand) -> dict[str, str]:
    """Rows, by their own ids, under which ids the samples name them."""
    with begin(brand, "sample") as work:
        variants = [
            NewVariant(id=new_id(work.now), sku=sku, prices=(NewPrice(currency="EUR", amount=1200),))
            for sku in ("SPARE-1", "SPARE-2")
        ]
        spare = NewProduct(id=new_id(work.now), slug="spare", title="Spare", variants=tuple(variants))
        create_products(work, [spare])
        way = NewRedirect(from_path="/products/cafe-sablon-500g", to_path=f"/products/{FACTS['slug']}")
        redirect = add_redirect(work, way)
    named = OVERRIDES["remove_variant"]
    return {
        str(redirect.id): FACTS["redirect_id"],
        str(spare.id): named["product_id"],
        str(variants[0].id): named["variant_id"],
    }
