"""PATCH /v1/admin/promotions/{promotion_id} — change a promotion's terms; orders that were placed keep theirs."""

from uuid import UUID

from shared.billing.promotions import editing
from shared.billing.promotions.refusals import (
    PromotionCodeTaken,
    PromotionInconsistent,
    PromotionNotFound,
    PromotionUsedMore,
)
from shared.billing.promotions.terms import Promotion, PromotionChange
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def change_promotion(
    ask: PromotionChange, promotion_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> Promotion:
    before, after = editing.change_promotion(work, promotion_id, ask, expected)
    work.audit(before=before, after=after)
    return after


handler = endpoint(
    "PATCH",
    "/v1/admin/promotions/{promotion_id}",
    change_promotion,
    needs="promotions:edit",
    refuses=[PromotionNotFound, PromotionInconsistent, PromotionCodeTaken, PromotionUsedMore],
)
