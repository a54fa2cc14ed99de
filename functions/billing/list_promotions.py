"""GET /v1/admin/promotions — the brand's promotions, the latest first."""

from shared.billing.promotions.reading import AskForPromotions, page
from shared.billing.promotions.terms import Promotion
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import Pagination, Response
from shared.platform.work import Work


class PromotionList(Response):
    """A page of promotions."""

    data: list[Promotion]
    pagination: Pagination


def list_promotions(ask: AskForPromotions, caller: Staff, work: Work) -> PromotionList:
    found, total = page(work, ask)
    return PromotionList(data=found, pagination=Pagination.of(ask, total))


handler = endpoint("GET", "/v1/admin/promotions", list_promotions, needs="promotions:read")
