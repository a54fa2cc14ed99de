"""Loads the demo brands, part by part: each part once, in one transaction with the note that it was."""

import json
from collections.abc import Callable

from local.demo import brands, catalogue, ids, promotions
from local.demo.state import PARTS
from shared.billing.promotions.editing import add_promotion
from shared.catalog.creation import create_categories, create_products, create_tags
from shared.inventory import movements
from shared.kernel.ids import new_id
from shared.platform.brands import Brand
from shared.platform.database import Role
from shared.platform.work import Work, begin

_ACTOR = "demo"
_DELIVERY = "Stock d’ouverture"

_LOADED = "SELECT settings -> 'demo_parts' FROM platform.brands WHERE id = %(brand)s FOR UPDATE"
_NOTE = """
    UPDATE platform.brands SET settings = settings || jsonb_build_object('demo_parts', %(parts)s::jsonb)
     WHERE id = %(brand)s
"""
_REVIEW = """
    INSERT INTO catalog.product_reviews
        (id, product_id, customer_id, author_name, rating, title, body, status, created_at, published_at)
    SELECT %(id)s, %(product)s, c.id, c.first_name, %(rating)s, %(title)s, %(body)s, 'published', %(now)s, %(now)s
      FROM identity.customers c WHERE c.email = %(email)s
"""
# What is reduced was to be had for what it is compared with until the shop opened here.
_FORMER_PRICES = """
    INSERT INTO catalog.price_history (price_id, applied_from, applied_until, variant_id, currency, amount, announced)
    SELECT x.id, p.published_at, %(now)s, x.variant_id, x.currency, x.compare_at_amount, false
      FROM catalog.variant_prices x
      JOIN catalog.product_variants v ON (v.brand_id, v.id) = (x.brand_id, x.variant_id)
      JOIN catalog.products p ON (p.brand_id, p.id) = (v.brand_id, v.product_id)
     WHERE x.brand_id = platform.current_brand() AND x.compare_at_amount > x.amount
"""
# Product number, stars, title, text.
_REVIEWS = (
    (1, 5, "Mon café du dimanche", "Rond, jamais amer. Le paquet d’un kilo tient un mois, à deux."),
    (
        5,
        4,
        "Très beau bol",
        "Plus lourd que je ne pensais, et le bleu est encore plus profond que sur l’image.",
    ),
)


def hire_demo_people(work: Work) -> None:
    """The demo's staff and its customer."""
    brands.hire_staff(work)
    brands.register_customer(work)


def open_demo_shop(work: Work) -> None:
    """The demo's categories, tags, products and their first delivery."""
    create_categories(work, catalogue.categories())
    create_tags(work, catalogue.tags())
    create_products(work, catalogue.products())
    work.run(_FORMER_PRICES, now=work.now)
    for variant_id, units in catalogue.stock().items():
        if units:
            movements.move(work, variant_id, "in", units, _DELIVERY, _ACTOR)


def publish_reviews(work: Work) -> None:
    """What the demo's customer thinks of two products."""
    for number, rating, title, body in _REVIEWS:
        work.run(
            _REVIEW,
            id=new_id(work.now),
            product=ids.product(number),
            email=brands.CUSTOMER[0],
            rating=rating,
            title=title,
            body=body,
            now=work.now,
        )


def start_promotions(work: Work) -> None:
    """The demo's promotions: by codes alone, so that nobody's prices change who types none."""
    for wish in promotions.promotions():
        add_promotion(work, wish)


def open_other_shop(work: Work) -> None:
    """The other brand's one product."""
    product = catalogue.other_brands_product()
    create_products(work, [product])
    movements.move(work, product.variants[0].id, "in", 10, _DELIVERY, _ACTOR)


_LOADERS: dict[str, tuple[Brand, dict[str, Callable[[Work], None]]]] = {
    "demo": (
        brands.DEMO,
        {
            "people": hire_demo_people,
            "shop": open_demo_shop,
            "reviews": publish_reviews,
            "partner_user": brands.hire_partner_owner,
            "google": brands.offer_google,
            "promotions": start_promotions,
            "sendcloud": brands.open_sendcloud_account,
        },
    ),
    "other": (brands.OTHER, {"people": brands.hire_other_admin, "shop": open_other_shop}),
}


def load() -> list[str]:
    """Load what is missing, as the jobs' role of JOBS_DATABASE; answer the parts, as `demo/shop`. May be run again."""
    loaded = []
    for slug, parts in PARTS.items():
        brand, loaders = _LOADERS[slug]
        with begin(None, "demo", Role.JOBS) as work:
            brands.open_brand(work, brand)
        loaded += [f"{slug}/{part}" for part in parts if _load_part(brand, part, loaders[part])]
    return loaded


def _load_part(brand: Brand, part: str, loader: Callable[[Work], None]) -> bool:
    with begin(brand, "demo", Role.JOBS) as work:
        had = work.value(_LOADED, brand=brand.id) or []
        if part in had:
            return False
        loader(work)
        work.run(_NOTE, brand=brand.id, parts=json.dumps([*had, part]))
    return True
