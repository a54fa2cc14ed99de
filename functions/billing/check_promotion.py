"""POST /v1/store/promotions/check — what a code would give, on a cart or at all, or the precise reason why it gives nothing."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, model_validator

from shared.billing.promotions.codes import normal
from shared.billing.promotions.deciding import heard_of
from shared.billing.promotions.finding import Seeker, found_soon
from shared.billing.promotions.offers import Reason
from shared.billing.promotions.refusals import PlanNotFound
from shared.billing.promotions.words import said_of
from shared.cart.callers import CartReader
from shared.cart.contents import look_at_goods
from shared.cart.membership import member_shown
from shared.cart.pricing import decided, estimate
from shared.cart.promoting import with_codes
from shared.cart.refusals import CartNotFound, CartTokenMissing
from shared.identity.access_tokens import TokenInvalid
from shared.kernel.money import Money
from shared.notifications.addresses import mailable
from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest
from shared.platform.models import Request, Response
from shared.platform.work import Work


class CheckPromotion(Request):
    """A code, for a cart (whose token is sent along) or for a plan; with neither, whether it holds at all, as on a page before
    anything is chosen. `email` is the buyer's, where the cart does not know it yet."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    cart_id: UUID | None = None
    plan_id: UUID | None = None
    email: Annotated[str, AfterValidator(mailable)] | None = None

    @model_validator(mode="after")
    def _for_one_thing(self) -> "CheckPromotion":
        if self.cart_id is not None and self.plan_id is not None:
            raise ValueError("cart_id or plan_id, not both")
        return self


class PromotionChecked(Response):
    """`initial`: the goods before discounts; `discount`: what the code and those that the cart has already take off together; `final`:
    what is left, before shipping; all zero without a cart. `reason` and `message` say why a code gives nothing, `minimum` what its
    goods must cost, without a cart also when it holds."""

    valid: bool
    reason: Reason | None
    message: str | None
    minimum: Money | None
    initial: Money
    discount: Money
    final: Money


def check_promotion(ask: CheckPromotion, request: HttpRequest, work: Work) -> PromotionChecked:
    if ask.plan_id is not None:
        raise PlanNotFound
    if ask.cart_id is None:
        return _without_goods(ask, request, work)
    caller = CartReader.recognise(request, work, None)
    if caller.cart.id != ask.cart_id:
        raise CartNotFound
    member = member_shown(work, request)
    theirs = caller.cart._replace(
        email=ask.email or caller.cart.email,
        customer_id=member.customer_id if member and member.customer_id else caller.cart.customer_id,
    )
    cart = with_codes(theirs, [ask.code])
    contents = look_at_goods(work, cart, caller.lines)
    decision = decided(contents, work.now)
    quote = estimate(contents, work.brand, work.now, decision)
    code = with_codes(cart._replace(promotion_codes=[]), [ask.code]).promotion_codes[0]
    fallen = next((each for each in decision.fallen if each.code == code), None)
    return PromotionChecked(
        valid=fallen is None,
        reason=fallen.reason if fallen else None,
        message=said_of(fallen) if fallen else None,
        minimum=fallen.minimum if fallen else None,
        initial=quote.subtotal,
        discount=quote.discount,
        final=quote.subtotal - quote.discount,
    )


def _without_goods(ask: CheckPromotion, request: HttpRequest, work: Work) -> PromotionChecked:
    code, currency = normal(ask.code) or ask.code, work.brand.currency
    member = member_shown(work, request)
    seeker = Seeker(currency, member.customer_id if member else None, ask.email)
    offers = found_soon(work, seeker, [code])().offers
    fallen = heard_of(offers, code, now=work.now)
    least = next((each.minimum_amount for each in offers if each.code == code and not fallen), None)
    return PromotionChecked(
        valid=fallen is None,
        reason=fallen.reason if fallen else None,
        message=said_of(fallen) if fallen else None,
        minimum=None if least is None else Money(least, currency),
        initial=(nothing := Money(0, currency)),
        discount=nothing,
        final=nothing,
    )


handler = endpoint(
    "POST",
    "/v1/store/promotions/check",
    check_promotion,
    refuses=[CartTokenMissing, TokenInvalid, CartNotFound, PlanNotFound],
    idempotency="none",
    guesses="code",
)
