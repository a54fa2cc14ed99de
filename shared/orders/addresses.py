"""Postal addresses as buyers give them and orders keep them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.platform.models import CountryCode, Request

_Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
_Line = Annotated[str, StringConstraints(min_length=1, max_length=160)]


class Address(Request):
    """Where something goes, or who is billed. `country` is ISO 3166-1 alpha-2."""

    first_name: _Name
    last_name: _Name
    company: _Line | None = None
    vat_number: Annotated[str, StringConstraints(min_length=4, max_length=20)] | None = None
    line1: _Line
    line2: _Line | None = None
    postcode: Annotated[str, StringConstraints(min_length=1, max_length=16)]
    city: _Name
    country: CountryCode
    phone: Annotated[str, StringConstraints(min_length=4, max_length=32)] | None = Field(None)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"
