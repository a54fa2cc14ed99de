"""POST /v1/admin/promotions/{promotion_id}/codes — order up to 10,000 codes that serve once each; a job draws them (202)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.billing.promotions.editing import lock_promotion
from shared.billing.promotions.refusals import PromotionInconsistent, PromotionNotFound
from shared.billing.promotions.unique_codes import MOST, open_job
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import Request, Response
from shared.platform.work import Work


class CodesWish(Request):
    """How many, and what each begins with: `SPRING` makes `SPRING-…`."""

    count: int = Field(ge=1, le=MOST)
    prefix: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9_]{0,19})?$")] = ""


class CodesOpened(Response):
    """The job that draws them; GET /v1/admin/jobs/{id} gives the link to their file."""

    id: UUID
    status: Literal["waiting"]


def create_promotion_codes(ask: CodesWish, promotion_id: UUID, caller: Staff, work: Work) -> CodesOpened:
    promotion = lock_promotion(work, promotion_id)
    if promotion.is_auto_apply:
        raise PromotionInconsistent("What applies by itself has no codes.")
    job_id = open_job(work, promotion_id, caller.user_id, ask.count, ask.prefix.upper())
    work.audit(after={"job_id": job_id, "count": ask.count})
    return CodesOpened(id=job_id, status="waiting")


handler = endpoint(
    "POST",
    "/v1/admin/promotions/{promotion_id}/codes",
    create_promotion_codes,
    needs="promotions:edit",
    refuses=[PromotionNotFound, PromotionInconsistent],
    status=202,
)
