"""An invoice or a credit note, whole: what is written down when it is issued, and all that its file is made of."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict

from shared.billing.invoices.events import Kind

type Type = Literal["one_time", "recurring", "manual"]

# XML 1.0, §2.2, names what a document may hold; a line break is of no use in a name.
_NOT_IN_XML = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]+")
_NOTHING = "—"


def _writable(text: str) -> str:
    return " ".join(_NOT_IN_XML.sub(" ", text).split(" ")).strip() or _NOTHING


# Text as a document can hold it, whatever was typed in.
Words = Annotated[str, AfterValidator(_writable)]


class Status(StrEnum):
    """Where a document stands. A draft has no number; what has one never goes back to being a draft."""

    DRAFT = "draft"
    SENT = "sent"
    PAID = "paid"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class Category(StrEnum):
    """Why a line is taxed as it is: UNTDID 5305, as far as EN 16931 takes it."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    INTRA_COMMUNITY = "K"
    REVERSE_CHARGE = "AE"
    EXPORT = "G"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Party(_Part):
    """Who sells, buys, or is sent something. `contact` is a person at a business; country is ISO 3166-1 alpha-2."""

    name: Words
    contact: Words | None = None
    line1: Words
    line2: Words | None = None
    postcode: Words
    city: Words
    country: str
    vat_number: Words | None = None


class Seller(Party):
    """The shop. `registration` is its number in the country's register of businesses (SIREN in France); `note` stands below."""

    registration: Words | None = None
    email: str | None = None
    phone: str | None = None
    iban: str | None = None
    bic: str | None = None
    note: Words | None = None


class Line(_Part):
    """What is charged, or given back. Minor units: `full` is the price without tax before `discount`, `net = full - discount`, and
    `net + tax` is paid. `unit_price` as it was shown (with tax when `tax_included`)."""

    kind: Literal["item", "shipping"]
    title: Words
    detail: Words | None = None
    sku: Words | None = None
    quantity: int
    unit_price: int
    tax_included: bool
    full: int
    discount: int
    net: int
    tax: int
    category: Category
    basis_points: int

    @property
    def gross(self) -> int:
        """What was paid for it."""
        return self.net + self.tax


class Taxed(_Part):
    """What is taxed alike: `net` at `basis_points` (2000 is 20 %) gives `tax`, which is the sum of the lines' and not recomputed."""

    category: Category
    basis_points: int
    net: int
    tax: int


class Corrected(_Part):
    """The invoice that a credit note takes something off."""

    number: str
    issued_on: date


class Contents(_Part):
    """What a document says, before it has a number. `treatment` is one of `pricing.vat.Treatment`; `paid` the part of `total` that has
    arrived; `supplied_on` the day of the sale."""

    kind: Kind
    type: Type
    order_id: UUID | None = None
    order_number: int | None = None
    refund_id: UUID | None = None
    customer_id: UUID | None = None
    corrects_id: UUID | None = None
    locale: str
    currency: str
    buyer: Party
    deliver_to: Party | None = None
    lines: tuple[Line, ...]
    taxed: tuple[Taxed, ...]
    treatment: str
    paid: int = 0
    gateway: str | None = None
    reason: Words | None = None
    supplied_on: date
    due_on: date | None = None

    @property
    def net(self) -> int:
        """Without tax."""
        return sum(each.net for each in self.taxed)

    @property
    def tax(self) -> int:
        """All of the tax."""
        return sum(each.tax for each in self.taxed)

    @property
    def total(self) -> int:
        """With tax."""
        return self.net + self.tax


class Issued(Contents):
    """A document with its number: `issued_on` is a day of the brand's."""

    id: UUID
    number: str
    status: Status
    issued_on: date
    seller: Seller
    corrected: Corrected | None = None
    file_key: str | None = None
    erased_at: datetime | None = None
