"""How promotions say no."""

from shared.kernel.refusals import Invalid, NotFound, Refusal


class PromotionNotFound(NotFound):
    """There is no such promotion."""


class PromotionCodeNotInCart(NotFound):
    """This code is not in this cart."""


class PlanNotFound(NotFound):
    """There is no such plan."""


class PromotionCodeTaken(Refusal):
    """Another promotion has this code."""


class PromotionInconsistent(Invalid):
    """These terms do not go together."""


class PromotionUsedMore(Refusal):
    """It has been used more already than this would allow; see used."""


class TooManyPromotionCodes(Invalid):
    """A cart takes at most 20 codes."""


class PromotionUnknown(Invalid):
    """There is no such promotion code."""


class PromotionInactive(Refusal):
    """This promotion is not running."""


class PromotionNotStarted(Refusal):
    """This promotion has not begun yet."""


class PromotionExpired(Refusal):
    """This promotion is over."""


class PromotionExhausted(Refusal):
    """This promotion has been used up."""


class PromotionNotApplicable(Refusal):
    """This promotion is not for this purchase."""


class PromotionAlreadyUsed(Refusal):
    """This promotion has been used already."""
