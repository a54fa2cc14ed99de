"""The brands of a deployment: listed and opened by whoever works across them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from psycopg.errors import UniqueViolation
from pydantic import Field, StringConstraints

from shared.identity.preferences import LocaleTag, TimeZone
from shared.kernel.ids import new_id
from shared.kernel.refusals import Refusal
from shared.platform.brands import Brand
from shared.platform.models import CurrencyCode, Request, Response, ShortText
from shared.platform.work import Work

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
# RFC 1123 §2.1, in lower case; a name of two labels or more.
Host = Annotated[
    str,
    StringConstraints(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", max_length=253
    ),
]
StoreUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"\\?#]+$", max_length=300)]


class BrandExists(Refusal):
    """There is a brand of this slug already."""


class HostTaken(Refusal):
    """One of these hosts is another brand's."""


class RegisteredBrand(Response):
    """A brand of the deployment."""

    id: UUID
    slug: str
    name: str
    locale: str
    timezone: str
    currency: str
    store_url: str
    hosts: list[str]
    created_at: datetime
    version: int


class NewBrand(Request):
    """A brand to open. It is found by its `hosts`, else by its slug."""

    slug: Annotated[Slug, Field(examples=["atelier"])]
    name: ShortText
    locale: LocaleTag = "fr"
    timezone: TimeZone = "Europe/Paris"
    currency: CurrencyCode = "EUR"
    store_url: StoreUrl | None = None
    hosts: Annotated[list[Host], Field(max_length=20, default_factory=list)]


_COLUMNS = ", ".join(RegisteredBrand.model_fields)


def list_brands(work: Work, limit: int, offset: int) -> tuple[list[RegisteredBrand], int]:
    """The deployment's brands by slug, and how many there are."""
    rows = work.all(
        f"""SELECT {_COLUMNS}, count(*) OVER () AS total FROM platform.all_brands()
             ORDER BY slug LIMIT %(limit)s OFFSET %(offset)s""",
        limit=limit,
        offset=offset,
    )
    brands = [
        RegisteredBrand(**{name: getattr(row, name) for name in RegisteredBrand.model_fields}) for row in rows
    ]
    return brands, rows[0].total if rows else 0


def open_brand(work: Work, ask: NewBrand) -> Brand:
    """Open a brand. Raises BrandExists, HostTaken (the transaction is over then)."""
    brand = Brand(
        new_id(work.now), ask.slug, ask.name, ask.locale, ask.timezone, ask.currency, ask.store_url or ""
    )
    try:
        work.run(
            """SELECT platform.open_brand(%(id)s, %(slug)s, %(name)s, %(locale)s, %(timezone)s, %(currency)s, %(store_url)s,
                                          %(hosts)s, %(now)s)""",
            id=brand.id,
            slug=brand.slug,
            name=brand.name,
            locale=brand.locale,
            timezone=brand.timezone,
            currency=brand.currency,
            store_url=brand.store_url,
            hosts=list(dict.fromkeys(ask.hosts)),
            now=work.now,
        )
    except UniqueViolation as error:
        taken = HostTaken if "brand_hosts" in (error.diag.constraint_name or "") else BrandExists
        raise taken from error
    return brand


def read_brand(work: Work, brand_id: UUID) -> RegisteredBrand:
    """One brand of the deployment, which exists."""
    row = work.one(f"SELECT {_COLUMNS} FROM platform.all_brands() WHERE id = %(id)s", id=brand_id)
    assert row is not None
    return RegisteredBrand(**row._asdict())
