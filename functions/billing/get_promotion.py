"""GET /v1/admin/promotions/{promotion_id} — one promotion, with how much of it has been used."""

from uuid import UUID

from shared.billing.promotions.reading import read_promotion
from shared.billing.promotions.refusals import PromotionNotFound
from shared.billing.promotions.terms import Promotion
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def get_promotion(promotion_id: UUID, caller: Staff, work: Work) -> Promotion:
    return read_promotion(work, promotion_id)


handler = endpoint(
    "GET",
    "/v1/admin/promotions/{promotion_id}",
    get_promotion,
    needs="promotions:read",
    refuses=[PromotionNotFound],
)
