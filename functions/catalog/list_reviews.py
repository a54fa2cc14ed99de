"""GET /v1/admin/reviews — what customers say of products, the latest first."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.catalog import review_lists
from shared.catalog.review_lists import Filter, Sort
from shared.catalog.reviews import AdminReview, Status
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AskForReviews(ListQuery):
    """`status=pending` is what waits for somebody to read it."""

    status: Status | None = None
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    product_id: UUID | None = None
    customer_id: UUID | None = None
    verified_purchase: bool | None = None
    sort: Sort = "-created_at"


class ReviewList(Response):
    """A page of reviews."""

    data: list[AdminReview]
    pagination: Pagination


def list_reviews(ask: AskForReviews, caller: Staff, work: Work) -> ReviewList:
    wanted = Filter(ask.status, ask.rating, ask.product_id, ask.customer_id, ask.verified_purchase)
    return ReviewList(
        data=review_lists.page(work, wanted, ask.sort, ask.limit, ask.offset),
        pagination=Pagination.of(ask, review_lists.count(work, wanted)),
    )


# Personal data, so the log says who looked.
handler = endpoint("GET", "/v1/admin/reviews", list_reviews, needs="reviews:read", audited=True)
