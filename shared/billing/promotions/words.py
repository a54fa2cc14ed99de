"""What a buyer is told of a code that gives nothing: in a problem of the cart, or by a refusal. Pure."""

from dataclasses import asdict
from typing import Any

from shared.billing.promotions.decisions import Fallen
from shared.billing.promotions.offers import Reason
from shared.billing.promotions.refusals import (
    PromotionAlreadyUsed,
    PromotionExhausted,
    PromotionExpired,
    PromotionInactive,
    PromotionNotApplicable,
    PromotionNotStarted,
    PromotionUnknown,
)
from shared.kernel.currencies import in_major_units
from shared.kernel.refusals import Refusal

_WORDS = {
    Reason.UNKNOWN: "is not a promotion code",
    Reason.INACTIVE: "is not running",
    Reason.NOT_STARTED: "has not begun yet",
    Reason.EXPIRED: "is over",
    Reason.EXHAUSTED: "has been used up",
    Reason.NOT_APPLICABLE: "is not for what is in this cart, or not for this buyer",
    Reason.ALREADY_USED: "has been used already",
    Reason.NOT_COMBINED: "gives less than what it would stand in the place of, and is not taken into account",
}

# By what a code has fallen for. One that others outdo is no reason to refuse.
REFUSALS: dict[Reason, type[Refusal]] = {
    Reason.UNKNOWN: PromotionUnknown,
    Reason.INACTIVE: PromotionInactive,
    Reason.NOT_STARTED: PromotionNotStarted,
    Reason.EXPIRED: PromotionExpired,
    Reason.EXHAUSTED: PromotionExhausted,
    Reason.NOT_APPLICABLE: PromotionNotApplicable,
    Reason.ALREADY_USED: PromotionAlreadyUsed,
}


def said_of(fallen: Fallen) -> str:
    """One sentence."""
    if fallen.minimum is not None:
        least = in_major_units(fallen.minimum.amount, fallen.minimum.currency)
        return f"“{fallen.code}” asks for goods worth {least} {fallen.minimum.currency} or more."
    return f"“{fallen.code}” {_WORDS[fallen.reason]}."


def refused(fallen: Fallen, **more: Any) -> Refusal:
    """The refusal of a request because of it, naming the code; `more` goes into the problem. Not for one that others outdo."""
    least = {"minimum": asdict(fallen.minimum)} if fallen.minimum else {}
    return REFUSALS[fallen.reason](said_of(fallen), promotion_code=fallen.code, **least, **more)
