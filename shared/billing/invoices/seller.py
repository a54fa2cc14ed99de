"""Who a brand sells as: what its invoices must say of it, and what of that is still missing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, StringConstraints, model_validator

from shared.kernel.refusals import Refusal
from shared.platform.models import CountryCode, Request, ShortText, Text
from shared.platform.work import Work
from shared.pricing.rates import in_union
from shared.pricing.vat_numbers import country_of

if TYPE_CHECKING:
    from shared.billing.invoices.records import Seller

# What no invoice goes without: Directive 2006/112/EC, article 226 (3) and (5).
_NEEDED = ("name", "line1", "postcode", "city", "country")
# Code de commerce, art. R123-237: whoever trades in France says the number they are registered under.
_FRANCE = "FR"


class SellerDetailsMissing(Refusal):
    """The brand's settings do not say yet what an invoice must say of its seller; `missing` names the fields of `seller`."""


def compact_vat_number(text: str) -> str:
    """A VAT number without what only helps reading."""
    return "".join(text.upper().split()).replace(".", "").replace("-", "")


def _iban(text: str) -> str:
    from stdnum import iban
    from stdnum.exceptions import ValidationError

    try:
        return str(iban.validate(text))
    except ValidationError as error:
        raise ValueError("not an IBAN") from error


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("text without control characters")
    return text


Words = Annotated[ShortText, AfterValidator(_printable)]


class SellerSettings(Request):
    """The seller as invoices name it. `registration` is the SIREN or SIRET in France, the register's number elsewhere; `note` what
    else the law asks for (legal form, capital, register), printed below."""

    name: Words | None = None
    line1: Words | None = None
    line2: Words | None = None
    postcode: (
        Annotated[str, StringConstraints(min_length=1, max_length=16), AfterValidator(_printable)] | None
    ) = None
    city: Words | None = None
    country: CountryCode | None = None
    vat_number: (
        Annotated[
            str, StringConstraints(pattern=r"^[0-9A-Za-z .-]{4,24}$"), AfterValidator(compact_vat_number)
        ]
        | None
    ) = None
    registration: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z ./-]{2,30}$")] | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^\s@]+@[^\s@]+$", max_length=254)] | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^[+0-9 ().-]{4,32}$")] | None = None
    iban: Annotated[str, StringConstraints(max_length=42), AfterValidator(_iban)] | None = None
    bic: Annotated[str, StringConstraints(pattern=r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$")] | None = None
    note: Annotated[Text, AfterValidator(_printable)] | None = None

    @model_validator(mode="after")
    def _number_is_one(self) -> Self:
        if (
            self.vat_number
            and (self.country is None or in_union(self.country))
            and country_of(self.vat_number) is None
        ):
            raise ValueError("vat_number: not a VAT number of the Union")
        return self


def seller_of(work: Work) -> "Seller":
    """The brand as a seller, as its settings are now. Raises SellerDetailsMissing."""
    # Imported here: what is missing is asked by many who write no document.
    from shared.billing.invoices.records import Seller

    # Not the brand that warm functions remember for a while: what is issued stays.
    settings = work.value("SELECT settings FROM platform.brands WHERE id = platform.current_brand()") or {}
    if missing := missing_of(settings):
        raise SellerDetailsMissing(missing=missing)
    return Seller.model_validate(settings["seller"])


def missing_of(settings: Mapping[str, Any]) -> list[str]:
    """The fields of the setting `seller` that an invoice needs and nobody has said. Pure."""
    said = settings.get("seller") or {}
    country = said.get("country")
    needed = list(_NEEDED)
    if country is None or in_union(country):
        needed.append("vat_number")
    if country == _FRANCE or (country is not None and not in_union(country)):
        needed.append("registration")
    return [name for name in needed if not said.get(name)]
