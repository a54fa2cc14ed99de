"""Registration: everybody is given an account at once, by the same path, whether or not the address has one already.

An account that claims a known address can never prove it (see verification); only the mail, which the consumer of the link request
writes, differs, and only the owner reads it.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from shared.identity.accounts import Wish, add_customer, add_user
from shared.identity.credentials import Account
from shared.identity.email_addresses import NewAddress, account_key
from shared.identity.events import AccountRegisteredV1
from shared.identity.link_requests import LinkKind, ask_for_link
from shared.identity.passwords import NewPassword
from shared.identity.permissions import Role
from shared.identity.sessions import By, Device, SignedIn, open_session
from shared.identity.terms import terms_version
from shared.kernel.languages import preferred_language
from shared.platform.http import HttpRequest
from shared.platform.models import Request, Response, ShortText
from shared.platform.work import Work


class Register(Request):
    """A new account. Who wishes to subscribe says how often to pay: `billing_frequency` is required with `subscription_tier`."""

    email: NewAddress
    password: NewPassword = Field(repr=False)
    first_name: ShortText
    last_name: ShortText
    accepted_terms: Literal[True]
    subscription_tier: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,60}$")] | None = Field(
        None, examples=["ambassadeur_standard"]
    )
    billing_frequency: Literal["monthly", "annual"] | None = Field(None, validate_default=True)
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] | None = Field(
        None, examples=["fr"]
    )
    device_name: ShortText | None = None

    @field_validator("billing_frequency")
    @classmethod
    def _required_with_a_tier(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("subscription_tier"):
            raise ValueError("say how often to pay: monthly or annual")
        return value


class RegisteredUser(Response):
    """The account. It can look around and fill a cart; to pay, it verifies its address."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    email_verified: bool
    roles: list[str]


class SessionTokens(Response):
    """The tokens of the account's first session. `expires_in` is the access token's, in seconds."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int


class Registered(Response):
    """The account, signed in."""

    user: RegisteredUser
    session: SessionTokens


def register(work: Work, ask: Register, request: HttpRequest) -> Registered:
    """Make the account, open its first session, and have its address asked. Raises CommonPassword."""
    locale = ask.locale or preferred_language(request.headers.get("accept-language", ""))
    user_id = add_user(
        work,
        ask.email,
        f"{ask.first_name} {ask.last_name}",
        password=ask.password,
        locale=locale,
        verified_at=None,
        terms_version=terms_version(work.brand.settings),
    )
    wish = Wish(ask.subscription_tier, ask.billing_frequency)
    customer_id = add_customer(
        work, user_id, ask.email, ask.first_name, ask.last_name, locale=locale, wish=wish
    )
    ask_for_link(work, LinkKind.VERIFY_EMAIL, account_key(ask.email), user_id)
    work.tell(
        AccountRegisteredV1(
            user_id=user_id,
            customer_id=customer_id,
            subscription_tier=wish.tier,
            billing_frequency=wish.frequency,
        ),
        key=str(user_id),
    )
    account = Account(user_id, ask.email, Role.MEMBER, verified=False)
    signed_in = open_session(work, account, Device.of(request, ask.device_name), by=By.REGISTRATION)
    return Registered(user=_user(user_id, ask, signed_in), session=_session(signed_in))


def _user(user_id: UUID, ask: Register, signed_in: SignedIn) -> RegisteredUser:
    return RegisteredUser(
        id=user_id,
        email=ask.email,
        first_name=ask.first_name,
        last_name=ask.last_name,
        email_verified=False,
        roles=signed_in.user.roles,
    )


def _session(signed_in: SignedIn) -> SessionTokens:
    return SessionTokens(
        access_token=signed_in.access_token,
        refresh_token=signed_in.refresh_token,
        expires_in=signed_in.expires_in,
    )
