"""Customers as staff see them: found, read, changed."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from uuid import UUID

from psycopg.errors import UniqueViolation
from pydantic import StringConstraints

from shared.identity import consents
from shared.identity.email_addresses import NewAddress as EmailAddress
from shared.identity.email_addresses import account_key
from shared.identity.levels import Level
from shared.identity.postal_addresses import Name, Phone
from shared.identity.preferences import LocaleTag
from shared.identity.searching import prefixes
from shared.kernel.refusals import NotFound, Refusal
from shared.platform.models import Change, Response
from shared.platform.paging import walk
from shared.platform.versions import IfMatch
from shared.platform.work import Work

type Sort = Literal["-created_at", "created_at", "email", "-email", "name", "-name"]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]

MOST_TAGS = 30


class CustomerNotFound(NotFound):
    """There is no such customer here."""


class CustomerEmailTaken(Refusal):
    """Another customer without an account has this email address."""


class AccountEmail(Refusal):
    """This customer has an account, whose address is its owner's to change."""


class Customer(Response):
    """The commercial record of a buyer. `user_id` is null for a guest; `erased_at` when the person asked to be forgotten."""

    id: UUID
    user_id: UUID | None
    email: str
    first_name: str
    last_name: str
    phone: str | None
    locale: str
    level: str
    level_until: datetime | None
    tags: list[str]
    marketing_opt_in: bool
    created_at: datetime
    updated_at: datetime
    erased_at: datetime | None
    version: int


class CustomerChange(Change):
    """What changes. The address of a guest can be mended; that of an account is its owner's."""

    clears: ClassVar[frozenset[str]] = frozenset({"phone"})

    email: EmailAddress | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    phone: Phone | None = None
    locale: LocaleTag | None = None
    marketing_opt_in: bool | None = None


class Filter(NamedTuple):
    """Which customers; None means any. `search` is what somebody typed: the beginnings of names, addresses, numbers."""

    search: str = ""
    level: Level | None = None
    tag: str | None = None
    has_account: bool | None = None
    marketing_opt_in: bool | None = None


class Page(NamedTuple):
    """Rows of the list, and the cursor after the last of them (None: there are no more)."""

    rows: list[Customer]
    next_cursor: str | None


_COLUMNS = ", ".join(f"c.{name}" for name in Customer.model_fields)
# Ids are UUIDv7: they sort as the customers came, and break ties.
_NAME = "lower(c.last_name || ' ' || c.first_name)"
# Ids grow with time.
_KEYS = {"created_at": None, "email": "c.email_key", "name": _NAME}
_MATCHING = """
        (%(search)s = '' OR c.search @@ to_tsquery('simple', %(search)s))
    AND (%(level)s::text IS NULL OR c.level = %(level)s)
    AND (%(tag)s::text IS NULL OR c.tags @> ARRAY[%(tag)s::text])
    AND (%(has_account)s::boolean IS NULL OR (c.user_id IS NOT NULL) = %(has_account)s)
    AND (%(marketing_opt_in)s::boolean IS NULL OR c.marketing_opt_in = %(marketing_opt_in)s)
"""


def count(work: Work, wanted: Filter) -> int:
    """How many customers there are."""
    return int(work.value(f"SELECT count(*) FROM identity.customers c WHERE {_MATCHING}", **_params(wanted)))


def page(
    work: Work, wanted: Filter, sort: Sort, limit: int, *, offset: int = 0, after: str | None = None
) -> Page:
    """Up to `limit` customers from `offset` on, or those `after` a cursor. Raises CursorInvalid."""
    rows, cursor = walk(
        work,
        _COLUMNS,
        f"identity.customers c WHERE {_MATCHING}",
        _KEYS[sort.removeprefix("-")],
        "c.id",
        sort,
        limit,
        offset=offset,
        after=after,
        **_params(wanted),
    )
    return Page([_customer(row) for row in rows], cursor)


def read_customer(work: Work, customer_id: UUID) -> Customer:
    """One customer. Raises CustomerNotFound."""
    return _found(
        work.one(f"SELECT {_COLUMNS} FROM identity.customers c WHERE c.id = %(id)s", id=customer_id)
    )


def lock_customer(work: Work, customer_id: UUID) -> Customer:
    """One customer, locked until the work ends. Raises CustomerNotFound."""
    return _found(
        work.one(
            f"SELECT {_COLUMNS} FROM identity.customers c WHERE c.id = %(id)s FOR UPDATE", id=customer_id
        )
    )


def same_person(work: Work, customer_id: UUID) -> list[UUID]:
    """The ids of this customer and of the guest's record under the address that the customer's account has proved."""
    rows = work.all(
        """SELECT c.id FROM identity.customers c WHERE c.id = %(id)s
            UNION
           SELECT g.id FROM identity.customers c
             JOIN identity.users u ON u.brand_id = c.brand_id AND u.id = c.user_id
             JOIN identity.customers g ON g.brand_id = u.brand_id AND g.email_key = u.email_key
            WHERE c.id = %(id)s AND u.email_verified_at IS NOT NULL AND u.deleted_at IS NULL AND g.user_id IS NULL""",
        id=customer_id,
    )
    return [row.id for row in rows]


def change_customer(work: Work, customer_id: UUID, ask: CustomerChange, expected: IfMatch) -> Customer:
    """Change what is asked for. Raises CustomerNotFound, VersionStale, AccountEmail, CustomerEmailTaken."""
    before = lock_customer(work, customer_id)
    expected.check(before.version)
    asked = ask.asked()
    granted = asked.pop("marketing_opt_in", None)
    if before.user_id is not None and "email" in asked:
        raise AccountEmail
    wanted = before.model_dump(include={"email", "first_name", "last_name", "phone", "locale"}) | asked
    try:
        work.run(
            """UPDATE identity.customers
                  SET email = %(email)s, email_key = %(email_key)s, first_name = %(first_name)s, last_name = %(last_name)s,
                      phone = %(phone)s, locale = %(locale)s, version = version + 1, updated_at = %(now)s
                WHERE id = %(id)s""",
            id=customer_id,
            email_key=account_key(wanted["email"]),
            now=work.now,
            **wanted,
        )
    except UniqueViolation as error:
        raise CustomerEmailTaken from error
    if granted is not None:
        consents.note_consent(work, customer_id, granted, "staff")
    return read_customer(work, customer_id)


def tag_customer(work: Work, customer_id: UUID, tags: list[str], expected: IfMatch) -> Customer:
    """Give the customer these tags and no others. Raises CustomerNotFound, VersionStale."""
    expected.check(lock_customer(work, customer_id).version)
    work.run(
        """UPDATE identity.customers SET tags = %(tags)s, version = version + 1, updated_at = %(now)s
            WHERE id = %(id)s""",
        id=customer_id,
        tags=list(dict.fromkeys(tags)),
        now=work.now,
    )
    return read_customer(work, customer_id)


def _params(wanted: Filter) -> dict[str, Any]:
    return wanted._asdict() | {"search": prefixes(wanted.search)}


def _found(row: Any | None) -> Customer:
    if row is None:
        raise CustomerNotFound
    return _customer(row)


def _customer(row: Any) -> Customer:
    return Customer(**{name: getattr(row, name) for name in Customer.model_fields})
