"""GET /v1/store/products/{slug} — a published product with everything its page shows."""

from shared.catalog import cards, details
from shared.catalog.answers import Draft, KeptAnswers
from shared.catalog.cards import Json, View
from shared.catalog.products import ProductDetail
from shared.catalog.refusals import ProductNotFound
from shared.inventory.availability import shown_availability
from shared.platform.brands import Brand
from shared.platform.doors import Public, endpoint
from shared.platform.http import HttpResponse
from shared.platform.work import Work

_answers = KeptAnswers("catalog/get_product", shown_availability, room=1000)


def get_product(slug: str, work: Work) -> HttpResponse:
    return _answers.give(work, slug, lambda: _draft(work.brand, details.find(work, slug)))


def _draft(brand: Brand, detail: details.Detail) -> Draft:
    def write(view: View) -> Json:
        return details.product_detail(detail, view, brand.store_url, brand.name)

    return Draft(detail.version, detail.until, cards.variant_ids(detail.shown_cards), write)


handler = endpoint(
    "GET",
    "/v1/store/products/{slug}",
    get_product,
    answers=ProductDetail,
    refuses=[ProductNotFound],
    cache=Public(max_age=15),
)
