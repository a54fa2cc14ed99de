"""DELETE /v1/admin/promotions/{promotion_id} — take a promotion away, with its codes; the log of its uses stays."""

from uuid import UUID

from shared.billing.promotions import editing
from shared.billing.promotions.refusals import PromotionNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def delete_promotion(promotion_id: UUID, caller: Staff, work: Work) -> None:
    work.audit(before=editing.delete_promotion(work, promotion_id))


handler = endpoint(
    "DELETE",
    "/v1/admin/promotions/{promotion_id}",
    delete_promotion,
    needs="promotions:edit",
    refuses=[PromotionNotFound],
    status=204,
)
