"""What the samples about reviews are about."""

from functions._generate.demo import FACTS
from shared.catalog.reviews import NewReview, reviewed_product, write_review
from shared.kernel.ids import new_id
from shared.platform.brands import Brand
from shared.platform.work import begin


def make_reviews(brand: Brand) -> dict[str, str]:
    """Rows, by their own ids, under which ids the samples name them."""
    said = NewReview(rating=4, title="Bon café", body="Doux, sans amertume.")
    with begin(brand, "sample") as work:
        product_id = reviewed_product(work, FACTS["slug"])
        review = write_review(work, product_id, new_id(work.now), "Béa L.", said, verified=False)
    return {str(review.id): FACTS["review_id"]}
