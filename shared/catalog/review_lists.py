"""Reviews as staff list them."""

from typing import Any, Literal, NamedTuple
from uuid import UUID

from shared.catalog.reviews import ADMIN_REVIEWS, AdminReview, Status
from shared.platform.work import Work

type Sort = Literal["-created_at", "created_at", "rating", "-rating"]

# Ids grow with time.
_ORDERS: dict[Sort, str] = {
    "-created_at": "r.id DESC",
    "created_at": "r.id",
    "rating": "r.rating, r.id DESC",
    "-rating": "r.rating DESC, r.id DESC",
}


class Filter(NamedTuple):
    """Which reviews; None means any."""

    status: Status | None = None
    rating: int | None = None
    product_id: UUID | None = None
    customer_id: UUID | None = None
    verified_purchase: bool | None = None

    @property
    def condition(self) -> str:
        """The filter as SQL over `r`, its values named as its fields."""
        asked = [f"r.{name} = %({name})s" for name, value in self._asdict().items() if value is not None]
        return " AND ".join(asked) or "true"


def page(work: Work, wanted: Filter, sort: Sort, limit: int, offset: int) -> list[AdminReview]:
    """One page of the reviews in `wanted`."""
    rows: list[Any] = work.all(
        f"{ADMIN_REVIEWS} WHERE {wanted.condition} ORDER BY {_ORDERS[sort]} LIMIT %(limit)s OFFSET %(offset)s",
        limit=limit,
        offset=offset,
        **wanted._asdict(),
    )
    return [AdminReview(**row._asdict()) for row in rows]


def count(work: Work, wanted: Filter) -> int:
    """How many there are in `wanted`."""
    found = work.value(
        f"SELECT count(*) FROM catalog.product_reviews r WHERE {wanted.condition}", **wanted._asdict()
    )
    return int(found)
