"""What customers say of products: written once, published after moderation."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import psycopg
from pydantic import AfterValidator, Field, StringConstraints

from shared.catalog.events import ReviewSubmittedV1
from shared.catalog.refusals import ProductNotFound
from shared.catalog.texts import one_line
from shared.kernel.ids import new_id
from shared.kernel.refusals import NotFound, Refusal
from shared.platform.models import Change, Request, Response
from shared.platform.versions import IfMatch
from shared.platform.work import Work

type Status = Literal["pending", "published", "rejected"]


class ReviewExists(Refusal):
    """You have already reviewed this product."""


class ReviewNotFound(NotFound):
    """There is no such review here."""


def _lines(text: str) -> str:
    """`text` line by line without invisible tricks, at most one empty line between two."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(map(one_line, text.splitlines()))).strip()


class NewReview(Request):
    """What a customer says, as plain text: whoever shows it must escape it. `title` and `body` may be left empty."""

    rating: Annotated[int, Field(ge=1, le=5)]
    title: Annotated[str, StringConstraints(max_length=120), AfterValidator(one_line)] = ""
    body: Annotated[str, StringConstraints(max_length=5000), AfterValidator(_lines)] = ""


class Moderation(Change):
    """Whether a review is shown; `reason` is for the staff's own eyes."""

    clears = frozenset({"reason"})

    status: Status | None = None
    reason: Annotated[str, StringConstraints(max_length=500)] | None = None


class OwnReview(Response):
    """A review as its author sees it: `pending` until staff have read it."""

    id: UUID
    rating: int
    title: str
    body: str
    author_name: str
    verified_purchase: bool
    status: Status
    created_at: datetime


class AdminReview(Response):
    """A review as staff see it."""

    id: UUID
    product_id: UUID
    product_slug: str
    product_title: str
    customer_id: UUID
    author_name: str
    rating: int
    title: str
    body: str
    verified_purchase: bool
    status: Status
    reason: str | None
    created_at: datetime
    published_at: datetime | None
    moderated_at: datetime | None
    moderated_by: UUID | None
    version: int


_PUBLISHED = """
    SELECT product_id FROM catalog.product_listings WHERE slug = %(slug)s AND published_at <= %(now)s
"""
_WRITE = f"""
    INSERT INTO catalog.product_reviews
        (id, product_id, customer_id, author_name, rating, title, body, verified_purchase, created_at)
    VALUES (%(id)s, %(product)s, %(customer)s, %(author)s, %(rating)s, %(title)s, %(body)s, %(verified)s, %(now)s)
    ON CONFLICT (brand_id, product_id, customer_id) DO NOTHING
    RETURNING {", ".join(OwnReview.model_fields)}
"""
ADMIN_REVIEWS = """
    SELECT r.id, r.product_id, p.slug AS product_slug, p.title AS product_title, r.customer_id, r.author_name, r.rating,
           r.title, r.body, r.verified_purchase, r.status, r.reason, r.created_at, r.published_at, r.moderated_at,
           r.moderated_by, r.version
      FROM catalog.product_reviews r JOIN catalog.products p ON p.brand_id = r.brand_id AND p.id = r.product_id
"""
_ONE = f"{ADMIN_REVIEWS} WHERE r.id = %(id)s"
# A review that is shown again keeps the day on which it was first.
_MODERATE = """
    UPDATE catalog.product_reviews
       SET status = %(status)s, reason = %(reason)s, version = version + 1, moderated_at = %(now)s, moderated_by = %(by)s,
           published_at = CASE WHEN %(status)s = 'published' THEN coalesce(published_at, %(now)s) ELSE published_at END
     WHERE id = %(id)s
"""


def public_name(first_name: str, last_name: str) -> str:
    """How a customer is called in public: "Ada B.". Pure."""
    initial = f"{last_name[:1]}." if last_name else ""
    return f"{first_name} {initial}".strip()


def reviewed_product(work: Work, slug: str) -> UUID:
    """The id of the published product with this slug. Raises ProductNotFound."""
    found: UUID | None = work.value(_PUBLISHED, slug=slug, now=work.now)
    if found is None:
        raise ProductNotFound
    return found


def write_review(
    work: Work, product_id: UUID, customer_id: UUID, author: str, ask: NewReview, *, verified: bool
) -> OwnReview:
    """A customer's review, which waits for staff. Raises ReviewExists, ProductNotFound (deleted at this very moment)."""
    try:
        row = work.one(
            _WRITE,
            id=new_id(work.now),
            product=product_id,
            customer=customer_id,
            author=author,
            rating=ask.rating,
            title=ask.title,
            body=ask.body,
            verified=verified,
            now=work.now,
        )
    except psycopg.errors.ForeignKeyViolation as error:
        raise ProductNotFound from error
    if row is None:
        raise ReviewExists
    work.tell(
        ReviewSubmittedV1(
            review_id=row.id, product_id=product_id, rating=ask.rating, verified_purchase=verified
        ),
        key=str(product_id),
    )
    return OwnReview(**row._asdict())


def verify(work: Work, customer_id: UUID, product_ids: list[UUID]) -> None:
    """Note that the customer has bought these products, in what they had said of them before."""
    work.run(
        """UPDATE catalog.product_reviews SET verified_purchase = true, version = version + 1
            WHERE customer_id = %(customer)s AND product_id = ANY (%(products)s) AND NOT verified_purchase""",
        customer=customer_id,
        products=product_ids,
    )


def moderate(
    work: Work, review_id: UUID, ask: Moderation, expected: IfMatch, by: UUID
) -> tuple[AdminReview, AdminReview]:
    """What staff decide of a review; before and after. Raises ReviewNotFound, VersionStale."""
    work.run("SELECT FROM catalog.product_reviews WHERE id = %(id)s FOR NO KEY UPDATE", id=review_id)
    before = read_review(work, review_id)
    expected.check(before.version)
    asked = ask.asked()
    after = {"status": before.status, "reason": before.reason} | asked
    if after != {"status": before.status, "reason": before.reason}:
        work.run(_MODERATE, id=review_id, now=work.now, by=by, **after)
    return before, read_review(work, review_id)


def read_review(work: Work, review_id: UUID) -> AdminReview:
    """A review. Raises ReviewNotFound."""
    row: Any = work.one(_ONE, id=review_id)
    if row is None:
        raise ReviewNotFound
    return AdminReview(**row._asdict())
