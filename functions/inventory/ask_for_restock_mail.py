"""POST /v1/store/products/{slug}/notify-me — ask for a mail when a product, or one variant of it, can be bought again."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from shared.catalog.naming import variants_of
from shared.catalog.refusals import ProductNotFound
from shared.inventory import restock_requests
from shared.inventory.availability import NONE, availability
from shared.inventory.refusals import StillInStock
from shared.kernel.languages import preferred_language
from shared.notifications.addresses import mailable
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.models import Request, Response
from shared.platform.work import Work


class AskForRestockMail(Request):
    """Whom to tell. Without a `variant_id` of every variant that cannot be bought now; without a `locale` in the browser's
    language, or the brand's."""

    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(mailable)]
    variant_id: UUID | None = None
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] | None = None


class RestockMailAsked(Response):
    """The same answer whoever has asked before: it shows nothing about an address."""

    status: Literal["accepted"] = "accepted"


def ask_for_restock_mail(
    ask: AskForRestockMail, slug: str, request: HttpRequest, work: Work
) -> RestockMailAsked:
    variants = [
        each.variant_id for each in variants_of(work, slug) if ask.variant_id in (None, each.variant_id)
    ]
    if not variants:
        raise ProductNotFound
    there = availability(work, variants)
    missing = [variant for variant in variants if not there.get(variant, NONE).in_stock]
    if not missing:
        raise StillInStock
    languages = request.headers.get("accept-language", "")
    locale = ask.locale or preferred_language(languages) or work.brand.locale
    for variant in missing:
        restock_requests.ask(work, variant, ask.email, locale)
    return RestockMailAsked()


handler = endpoint(
    "POST",
    "/v1/store/products/{slug}/notify-me",
    ask_for_restock_mail,
    refuses=[ProductNotFound, StillInStock],
    status=202,
)
