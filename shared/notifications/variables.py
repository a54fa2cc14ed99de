"""What a mail template is given: typed variables, one model per template and version."""

import re
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.kernel.money import Money

# Links are built by us, never by a customer; the pattern keeps `javascript:` and its kind out all the same.
WebAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=2048)]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Part(BaseModel):
    """Something that variables are made of. A field the template does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MailVariables(Part):
    """A template's variables. `OrderConfirmationV1` belongs to the template `order_confirmation`, version 1.

    Rows of the mail outbox keep them as JSON until they are sent, so a published version never changes its fields:
    what needs another field is `…V2` with its own files, beside V1 until no row waits for V1. Those that are `sealed` hold what
    opens an account, and lie sealed in their row.
    """

    template: ClassVar[str]
    version: ClassVar[int]
    sealed: ClassVar[bool] = False

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        name, number = cls.__name__.rsplit("V", 1)
        cls.template = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        cls.version = int(number)


class Unsubscribable(Part):
    """What mails have that nobody needs: a link that ends them. It is also told in the mail's header (RFC 8058)."""

    unsubscribe: WebAddress


class MailBrand(Part):
    """The brand as its mails show it. What it has not set is left out."""

    name: str
    store_url: WebAddress | None = None
    timezone: str
    locale: str
    accent: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")] = "#1f4d3a"
    contact: str | None = None
    postal_line: str | None = None


class PostalAddress(Part):
    """Where a parcel goes. `country` is ISO 3166-1 alpha-2 and is shown by its name in the reader's language."""

    first_name: str
    last_name: str
    company: str | None = None
    line1: str
    line2: str | None = None
    postcode: str
    city: str
    country: CountryCode


class MailLine(Part):
    """One line of an order: `detail` tells variants apart (“Blue, M”)."""

    title: str
    detail: str | None = None
    quantity: int
    unit_price: Money
    line_total: Money


class MailItem(Part):
    """So many units of something."""

    title: str
    quantity: int


class MailTaxLine(Part):
    """VAT of one rate: `rate_basis_points` 2000 is 20 %."""

    rate_basis_points: int
    amount: Money
