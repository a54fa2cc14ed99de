"""What promotions tell of themselves, with the job's id as its key: the job's own next step listens."""

from uuid import UUID

from shared.platform.events import Event


class PromotionCodesAskedV1(Event):
    """Staff have asked for many codes of a promotion that serve once each."""

    job_id: UUID
