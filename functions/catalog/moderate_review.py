"""PATCH /v1/admin/reviews/{id} — publish a review, or keep it from being shown."""

from uuid import UUID

from shared.catalog import reviews
from shared.catalog.reviews import AdminReview, Moderation, ReviewNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def moderate_review(ask: Moderation, id: UUID, expected: IfMatch, caller: Staff, work: Work) -> AdminReview:
    before, after = reviews.moderate(work, id, ask, expected, caller.user_id)
    work.audit(before=before, after=after)
    return after


handler = endpoint(
    "PATCH", "/v1/admin/reviews/{id}", moderate_review, needs="reviews:moderate", refuses=[ReviewNotFound]
)
