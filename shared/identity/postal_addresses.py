"""Postal addresses as buyers give them, and as address books and orders keep them."""

from typing import Annotated

from pydantic import StringConstraints

from shared.platform.models import CountryCode, Request

Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=160)]
Postcode = Annotated[str, StringConstraints(min_length=1, max_length=16)]
VatNumber = Annotated[str, StringConstraints(min_length=4, max_length=20)]
Phone = Annotated[str, StringConstraints(min_length=4, max_length=32)]


class Address(Request):
    """Where something goes, or who is billed. `country` is ISO 3166-1 alpha-2."""

    first_name: Name
    last_name: Name
    company: Line | None = None
    vat_number: VatNumber | None = None
    line1: Line
    line2: Line | None = None
    postcode: Postcode
    city: Name
    country: CountryCode
    phone: Phone | None = None

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"
