"""GET /v1/store/products/{slug} — a published product with everything its page shows."""

from shared.catalog import cards, details
from shared.catalog.answers import Draft, KeptAnswers
from shared.catalog.cards import Json, View
from shared.catalog.popularity import Views
from shared.catalog.products import ProductDetail
from shared.catalog.refusals import ProductElsewhere, ProductGone, ProductMoved, ProductNotFound
from shared.inventory.availability import shown_availability
from shared.platform.doors import Public, endpoint
from shared.platform.http import HttpResponse
from shared.platform.models import CurrencyCode, Query
from shared.platform.work import Work


class ProductPageQuery(Query):
    """Prices are in the shop's own currency unless another one is asked for."""

    currency: CurrencyCode | None = None


_answers = KeptAnswers("catalog/get_product", shown_availability, room=1000)
_views = Views()


def get_product(slug: str, ask: ProductPageQuery, work: Work) -> HttpResponse:
    currency = ask.currency or work.brand.currency
    try:
        answer = _answers.give(work, (slug, currency), lambda: _draft(work, slug, currency))
    except ProductNotFound:
        # Imported here: hardly anybody asks for what has moved.
        from shared.catalog.moved_products import check_moved

        check_moved(work, slug)
        raise
    _views.seen(work, slug)
    return answer


def _draft(work: Work, slug: str, currency: str) -> Draft:
    brand, detail = work.brand, details.find(work, slug)
    _views.of(work, slug, detail.product_id)

    def write(view: View) -> Json:
        view = view._replace(currency=currency)
        return details.product_detail(detail, view, brand.store_url, brand.name)

    return Draft(detail.version, detail.until, cards.variant_ids(detail.shown_cards), write)


handler = endpoint(
    "GET",
    "/v1/store/products/{slug}",
    get_product,
    answers=ProductDetail,
    refuses=[ProductNotFound, ProductMoved, ProductElsewhere, ProductGone],
    cache=Public(max_age=15),
)
