"""POST /v1/admin/promotions — a new promotion: per cent or amounts off, by a code or by itself."""

from shared.billing.promotions.editing import add_promotion
from shared.billing.promotions.refusals import PromotionCodeTaken, PromotionInconsistent
from shared.billing.promotions.terms import Promotion, PromotionWish
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def create_promotion(ask: PromotionWish, caller: Staff, work: Work) -> Promotion:
    made = add_promotion(work, ask)
    work.audit(resource={"promotion_id": made.id}, after=made)
    return made


handler = endpoint(
    "POST",
    "/v1/admin/promotions",
    create_promotion,
    needs="promotions:edit",
    refuses=[PromotionInconsistent, PromotionCodeTaken],
    status=201,
)
