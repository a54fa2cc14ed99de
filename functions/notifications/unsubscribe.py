"""POST /v1/notifications/unsubscribe — end the mails of a link, by the page's button or by one click in a mail client."""

from shared.cart.recovery import declining
from shared.inventory import restock_requests
from shared.notifications.unsubscribing import (
    UnsubscribeLink,
    UnsubscribeLinkUnknown,
    page,
    topic_and_token,
    wants_page,
)
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest, HttpResponse
from shared.platform.links import brand_of_link
from shared.platform.models import Response
from shared.platform.work import Work

# Who sends mails with such a link is asked to end them, by what the link is about.
DECLINES = {restock_requests.TOPIC: restock_requests.decline, declining.TOPIC: declining.decline}


class Unsubscribed(Response):
    """Done, now or before."""

    unsubscribed: bool


def unsubscribe(ask: UnsubscribeLink, request: HttpRequest, work: Work) -> HttpResponse:
    topic, token = topic_and_token(ask)
    if topic not in DECLINES or not DECLINES[topic](work, token):
        raise UnsubscribeLinkUnknown
    if wants_page(request):
        return page(work.brand, request, done=True)
    told = Unsubscribed(unsubscribed=True).model_dump_json()
    return HttpResponse(200, told, {"content-type": "application/json", "cache-control": "no-store"})


handler = endpoint(
    "POST",
    "/v1/notifications/unsubscribe",
    unsubscribe,
    answers=Unsubscribed,
    refuses=[UnsubscribeLinkUnknown],
    brand_of=brand_of_link,
)
