"""The pydantic bases of what comes in and goes out."""

import re
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from shared.kernel.money import Money


class Request(BaseModel):
    """A JSON body. Unknown fields are an error; types are strict, as JSON has them."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True, defer_build=True)


class Change(Request):
    """A PATCH: what is left out stays as it is. `null` empties a field among `clears`, and is refused for any other."""

    clears: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _no_other_null(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.field_name not in cls.clears:
            raise ValueError("this cannot be null")
        return value

    def asked(self) -> dict[str, Any]:
        """What is to change, by field; models within stay models."""
        return {
            name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set
        }


class Query(BaseModel):
    """A query string. Unknown keys are ignored (trackers add theirs); a repeated key is an error unless the field is a list."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, defer_build=True)


class Response(BaseModel):
    """A JSON answer."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Pending(BaseModel):
    """What `record` leaves for `reach` and `settle`; survives a crash beside the idempotency key."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


class Outcome(BaseModel):
    """What `reach` learnt from a provider."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


class ListQuery(Query):
    """`?page=&limit=` of every list."""

    page: int = Field(1, ge=1, le=100_000)
    limit: int = Field(20, ge=1, le=100)

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.limit


class Pagination(Response):
    """Where a list's answer stands."""

    page: int
    limit: int
    total: int
    pages: int

    @classmethod
    def of(cls, ask: ListQuery, total: int) -> "Pagination":
        """The page of `ask` among `total` rows."""
        return cls(page=ask.page, limit=ask.limit, total=total, pages=-(-total // ask.limit))


MAX_AMOUNT = 10**12
Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=120)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def _written_out(value: Any) -> Any:
    # pydantic would take a bare number for seconds since 1970, written or not.
    if not isinstance(value, datetime) and not (isinstance(value, str) and _RFC_3339.fullmatch(value)):
        raise ValueError("a time is written as in RFC 3339, such as 2026-11-20T09:30:00Z")
    return value


# A time that a client sends.
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written_out)]


def _bounded(money: Money) -> Money:
    if not -MAX_AMOUNT <= money.amount <= MAX_AMOUNT:
        raise ValueError("amount is out of bounds")
    return money


def plain(value: Any) -> Any:
    """JSON-ready data of a model or of plain data that holds models."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
