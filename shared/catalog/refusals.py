"""How the catalogue says no."""

from shared.kernel.refusals import Invalid, NotFound, Refusal


class ProductNotFound(NotFound):
    """There is no such product here."""


class ProductMoved(Refusal):
    """This product has another address now; see location."""

    status = 301


class ProductElsewhere(ProductMoved):
    """This product has another address for now; see location."""

    status = 302


class ProductGone(Refusal):
    """This product is no longer here, and will not come back."""

    status = 410


class VariantUnknown(NotFound):
    """This product has no such variant."""


class CategoryNotFound(NotFound):
    """There is no such category here."""


class TagNotFound(NotFound):
    """There is no such tag here."""


class RedirectNotFound(NotFound):
    """Nothing leads on from this path."""


class SeoEntityNotFound(NotFound):
    """There is nothing of this type and id here."""


class SlugTaken(Refusal):
    """Another one already has this slug."""


class SkuTaken(Refusal):
    """Another variant already has this SKU."""


class CategoryUnknown(Invalid):
    """One of these categories does not exist."""


class CategoryLoop(Refusal):
    """A category cannot be below itself."""


class CategoryTooDeep(Invalid):
    """Categories nest at most 10 deep."""


class CategoryHasChildren(Refusal):
    """Move or delete the categories below this one first."""


class RedirectExists(Refusal):
    """Another redirect already begins at this path; change that one."""


class RedirectIncomplete(Invalid):
    """A redirect leads to a to_path, except one of status 410."""


class RedirectLoop(Refusal):
    """These redirects would lead in a circle."""


class AddressInUse(Refusal):
    """A published product or a category has this address: nothing can lead away from it."""


class ProductNotReady(Refusal):
    """This product cannot be published yet; see errors."""


class ProductOrdered(Refusal):
    """This product has been ordered: archive it instead of deleting it."""


class VariantOrdered(Refusal):
    """This variant has been ordered: it must stay with its orders. Take its stock or its price away instead."""


class VariantExists(Refusal):
    """Another variant of this product has the same options."""


class OptionsIncomplete(Invalid):
    """The options must name everything that the variants have."""


class TooManyVariants(Invalid):
    """A product has at most 250 variants."""


class PriceTwice(Invalid):
    """A variant has one regular price in each currency."""


class CompareAtTooLow(Invalid):
    """A price is compared with one that is no lower, in the same currency."""


class SaleDatesInvalid(Invalid):
    """A sale begins before it ends."""


class SaleNotLower(Invalid):
    """A sale needs a regular price in its currency, and is lower than it."""


class TooManyPrices(Invalid):
    """A variant has at most 50 prices."""
