"""The address book of a customer: its rules and its rows."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import StringConstraints

from shared.identity.postal_addresses import Address, Line, Name, Phone, Postcode, VatNumber
from shared.kernel.ids import new_id
from shared.kernel.refusals import NotFound, Refusal
from shared.platform.models import Change, CountryCode, Response
from shared.platform.versions import IfMatch
from shared.platform.work import Work

MOST_ADDRESSES = 50
USES = ("shipping", "billing")

Label = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class AddressNotFound(NotFound):
    """There is no such address in your book."""


class AddressBookFull(Refusal):
    """An address book holds at most 50 addresses."""


class NewAddress(Address):
    """An address for the book. The first one becomes the default of both uses, whatever is asked for."""

    label: Label | None = None
    is_default_shipping: bool = False
    is_default_billing: bool = False


class AddressChange(Change):
    """What changes. A default is taken from the address that was it; it is given up only by giving it to another one."""

    clears: ClassVar[frozenset[str]] = frozenset({"label", "company", "vat_number", "line2", "phone"})

    label: Label | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    company: Line | None = None
    vat_number: VatNumber | None = None
    line1: Line | None = None
    line2: Line | None = None
    postcode: Postcode | None = None
    city: Name | None = None
    country: CountryCode | None = None
    phone: Phone | None = None
    is_default_shipping: bool | None = None
    is_default_billing: bool | None = None


class SavedAddress(Response):
    """An address of the book."""

    id: UUID
    label: str | None
    first_name: str
    last_name: str
    company: str | None
    vat_number: str | None
    line1: str
    line2: str | None
    postcode: str
    city: str
    country: str
    phone: str | None
    is_default_shipping: bool
    is_default_billing: bool
    version: int
    created_at: datetime
    updated_at: datetime


_COLUMNS = ", ".join(SavedAddress.model_fields)
# Whoever changes a book holds its customer's row: defaults and the size of the book are decided one change after the other.
_LOCK = "SELECT id FROM identity.customers WHERE id = %(customer_id)s FOR UPDATE"
_INSERT = f"""
    INSERT INTO identity.customer_addresses
        (id, customer_id, label, first_name, last_name, company, vat_number, line1, line2, postcode, city, country, phone,
         is_default_shipping, is_default_billing, created_at, updated_at)
    VALUES (%(id)s, %(customer_id)s, %(label)s, %(first_name)s, %(last_name)s, %(company)s, %(vat_number)s, %(line1)s,
            %(line2)s, %(postcode)s, %(city)s, %(country)s, %(phone)s, %(is_default_shipping)s, %(is_default_billing)s,
            %(now)s, %(now)s)
    RETURNING {_COLUMNS}
"""
_UPDATE = f"""
    UPDATE identity.customer_addresses
       SET label = %(label)s, first_name = %(first_name)s, last_name = %(last_name)s, company = %(company)s,
           vat_number = %(vat_number)s, line1 = %(line1)s, line2 = %(line2)s, postcode = %(postcode)s, city = %(city)s,
           country = %(country)s, phone = %(phone)s, is_default_shipping = %(is_default_shipping)s,
           is_default_billing = %(is_default_billing)s, version = version + 1, updated_at = %(now)s
     WHERE customer_id = %(customer_id)s AND id = %(id)s
    RETURNING {_COLUMNS}
"""


def addresses_of(work: Work, customer_id: UUID | None) -> list[SavedAddress]:
    """The book, the latest address last."""
    rows = work.all(
        f"SELECT {_COLUMNS} FROM identity.customer_addresses WHERE customer_id = %(customer_id)s ORDER BY id",
        customer_id=customer_id,
    )
    return [_saved(row) for row in rows]


def add_address(work: Work, customer_id: UUID, ask: NewAddress) -> SavedAddress:
    """Write a new address into the book. Raises AddressBookFull."""
    work.run(_LOCK, customer_id=customer_id)
    known = work.value(
        "SELECT count(*) FROM identity.customer_addresses WHERE customer_id = %(customer_id)s",
        customer_id=customer_id,
    )
    if known >= MOST_ADDRESSES:
        raise AddressBookFull
    wanted = ask.model_dump() | ({f"is_default_{use}": True for use in USES} if known == 0 else {})
    _take_defaults(work, customer_id, wanted)
    return _saved(work.one(_INSERT, id=new_id(work.now), customer_id=customer_id, now=work.now, **wanted))


def change_address(
    work: Work, customer_id: UUID | None, address_id: UUID, ask: AddressChange, expected: IfMatch
) -> SavedAddress:
    """Change what is asked for. Raises AddressNotFound, VersionStale."""
    before = _locked(work, customer_id, address_id)
    expected.check(before.version)
    asked = ask.asked()
    for use in USES:
        # Giving a default up would leave the book without one.
        asked[f"is_default_{use}"] = bool(asked.get(f"is_default_{use}")) or getattr(
            before, f"is_default_{use}"
        )
    wanted = before.model_dump() | asked
    _take_defaults(work, customer_id, wanted)
    return _saved(work.one(_UPDATE, customer_id=customer_id, now=work.now, **wanted))


def remove_address(work: Work, customer_id: UUID | None, address_id: UUID) -> None:
    """Take an address out; the latest one left takes over what it was the default of. Raises AddressNotFound."""
    gone = _locked(work, customer_id, address_id)
    work.run(
        "DELETE FROM identity.customer_addresses WHERE customer_id = %(customer_id)s AND id = %(id)s",
        customer_id=customer_id,
        id=address_id,
    )
    left = addresses_of(work, customer_id)
    if left and (gone.is_default_shipping or gone.is_default_billing):
        heir = left[-1].model_dump()
        for use in USES:
            heir[f"is_default_{use}"] |= getattr(gone, f"is_default_{use}")
        work.one(_UPDATE, customer_id=customer_id, now=work.now, **heir)


def _locked(work: Work, customer_id: UUID | None, address_id: UUID) -> SavedAddress:
    work.run(_LOCK, customer_id=customer_id)
    row = work.one(
        f"""SELECT {_COLUMNS} FROM identity.customer_addresses
             WHERE customer_id = %(customer_id)s AND id = %(id)s""",
        customer_id=customer_id,
        id=address_id,
    )
    if row is None:
        raise AddressNotFound
    return _saved(row)


def _take_defaults(work: Work, customer_id: UUID | None, wanted: dict[str, Any]) -> None:
    if any(wanted[f"is_default_{use}"] for use in USES):
        work.run(
            """UPDATE identity.customer_addresses
                  SET is_default_shipping = is_default_shipping AND NOT %(is_default_shipping)s,
                      is_default_billing = is_default_billing AND NOT %(is_default_billing)s
                WHERE customer_id = %(customer_id)s AND (is_default_shipping OR is_default_billing)""",
            customer_id=customer_id,
            is_default_shipping=wanted["is_default_shipping"],
            is_default_billing=wanted["is_default_billing"],
        )


def _saved(row: Any) -> SavedAddress:
    return SavedAddress(**row._asdict())
