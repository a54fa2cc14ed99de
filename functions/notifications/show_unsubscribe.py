"""GET /v1/notifications/unsubscribe — the page behind a mail's unsubscribe link; opening it changes nothing."""

from shared.notifications.unsubscribing import UnsubscribeLink, page
from shared.platform.brands import BrandNotFound
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest, HttpResponse
from shared.platform.links import brand_of_link
from shared.platform.work import Work


def show_unsubscribe(ask: UnsubscribeLink, request: HttpRequest, work: Work) -> HttpResponse:
    return page(work.brand, request, done=False)


handler = endpoint(
    "GET",
    "/v1/notifications/unsubscribe",
    show_unsubscribe,
    refuses=[BrandNotFound],
    brand_of=brand_of_link,
)
