"""POST /v1/store/products/{slug}/reviews — say what one thinks of a product."""

from shared.catalog.refusals import ProductNotFound
from shared.catalog.reviews import (
    NewReview,
    OwnReview,
    ReviewExists,
    public_name,
    reviewed_product,
    write_review,
)
from shared.identity.buyers import own_customer
from shared.identity.callers import Member
from shared.identity.customers import read_customer, same_person
from shared.orders.purchases import has_bought
from shared.platform.doors import endpoint
from shared.platform.work import Work


def submit_review(ask: NewReview, slug: str, caller: Member, work: Work) -> OwnReview:
    product_id = reviewed_product(work, slug)
    customer = read_customer(work, own_customer(work, caller))
    return write_review(
        work,
        product_id,
        customer.id,
        public_name(customer.first_name, customer.last_name),
        ask,
        verified=has_bought(work, same_person(work, customer.id), product_id),
    )


handler = endpoint(
    "POST",
    "/v1/store/products/{slug}/reviews",
    submit_review,
    status=201,
    refuses=[ProductNotFound, ReviewExists],
)
