"""The facts that identity tells."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from shared.platform.events import Event


class RefreshTokenReusedV1(Event):
    """A spent refresh token came back: one of two holders is not the owner, and the session was revoked."""

    user_id: UUID
    session_id: UUID


class AccountRegisteredV1(Event):
    """Somebody has made an account; its address is not verified yet, and may turn out to be another account's.

    `subscription_tier` and `billing_frequency` (monthly, annual) are what they wish to subscribe to, not yet a subscription.
    """

    user_id: UUID
    customer_id: UUID
    subscription_tier: str | None = None
    billing_frequency: str | None = None


class EmailVerifiedV1(Event):
    """An account has proved its address, and is the one account of it from now on."""

    user_id: UUID
    customer_id: UUID | None


class LinkRequestedV1(Event):
    """Somebody wants a link sent to an address, which may or may not be an account's."""

    request_id: UUID


class LevelChangedV1(Event):
    """A customer's level is another one now. `until` is when it may fall if nothing more happens."""

    customer_id: UUID
    user_id: UUID | None
    before: str
    after: str
    until: datetime | None = None


class KycChangedV1(Event):
    """An identity check of an account has come further: `after` is its status now."""

    user_id: UUID
    check_id: UUID
    level: str
    before: str
    after: str


class AccountClosedV1(Event):
    """An account was closed, by its owner or by staff: nobody signs in to it any more."""

    user_id: UUID
    customer_id: UUID | None


class DataExportStartedV1(Event):
    """Somebody's data is to be gathered from every context and handed to them."""

    privacy_request_id: UUID
    run: int


class ErasureStartedV1(Event):
    """Somebody is to be erased: each context that holds their data erases what it may, and tells `personal_data.erased`.

    Who it is, is read from the request: an event that lies about for weeks names nobody.
    """

    privacy_request_id: UUID
    run: int
    order_ids: list[UUID]


class KeptPart(BaseModel):
    """Something that an erasure leaves: what, by which law, until when (None: until an open matter is closed)."""

    what: str
    law: str
    until: datetime | None = None


class PersonalDataErasedV1(Event):
    """One context (`holder`) has erased what it may of a person, and keeps the rest by law."""

    type: ClassVar[str] = "personal_data.erased"

    privacy_request_id: UUID
    run: int
    holder: str
    rows: int
    kept: list[KeptPart]
