"""POST /v1/store/orders/lookup — mail a guest the link to an order, if its number and address belong together."""

from typing import Annotated, Literal

from pydantic import Field

from shared.identity.email_addresses import TypedAddress
from shared.orders.events import OrderLookupRequestedV1
from shared.platform.doors import endpoint
from shared.platform.models import Request, Response
from shared.platform.work import Work

_MOST = 10**15


class LookUpOrder(Request):
    number: Annotated[int, Field(ge=1, le=_MOST)]
    email: TypedAddress


class OrderLookedUp(Response):
    """The same for everybody: if there is such an order, its link is on its way."""

    accepted: Literal[True] = True


def look_up_order(ask: LookUpOrder, work: Work) -> OrderLookedUp:
    # Who asks learns nothing, not even from how long it takes: the order is looked for by the consumer.
    work.tell(OrderLookupRequestedV1(number=ask.number, email=ask.email))
    return OrderLookedUp()


handler = endpoint("POST", "/v1/store/orders/lookup", look_up_order, status=202, limit="auth")
