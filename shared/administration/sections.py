"""The sections of a brand's settings: what may be chosen in each."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from shared.cart.recovery.plan import STEPS as RECOVERY_STEPS
from shared.identity.kyc_rules import KycThresholds
from shared.identity.levels import LevelThresholds
from shared.notifications.addresses import UnmailableAddress, mailable
from shared.orders.refund_limits import MANAGER_LIMIT
from shared.platform import limits
from shared.platform.models import MAX_AMOUNT, Request, Response, ShortText

Amount = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]

_MOST_REQUESTS = 1_000_000
_MINUTES_OF_A_WEEK, _MINUTES_OF_A_MONTH = 7 * 1440, 30 * 1440
_HOUSE_LEVELS, _HOUSE_KYC = LevelThresholds(), KycThresholds()


class MailSettings(Request):
    """How mails look: `accent` #rrggbb, `contact` gets the answers, `postal_line` stands below."""

    accent: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    contact: Annotated[str, StringConstraints(max_length=254)] | None = None
    postal_line: ShortText | None = None

    @model_validator(mode="after")
    def _contact_can_be_mailed(self) -> Self:
        try:
            if self.contact is not None:
                mailable(self.contact)
        except UnmailableAddress as error:
            raise ValueError(f"contact: {error}") from error
        return self


class ProtecteurSettings(Request):
    """What the level takes: so many paid investments, worth so much together (minor units)."""

    investments: Annotated[int, Field(ge=1, le=1000)] = _HOUSE_LEVELS.investments
    invested: Amount = _HOUSE_LEVELS.invested


class LevelSettings(Request):
    """How levels are reached."""

    protecteur: ProtecteurSettings = ProtecteurSettings()


class KycSettings(Request):
    """From how much invested in all (minor units) each identity check is needed; null: never."""

    light: Amount | None = _HOUSE_KYC.light
    complete: Amount | None = _HOUSE_KYC.complete

    @model_validator(mode="after")
    def _complete_is_more(self) -> Self:
        if self.light is not None and self.complete is not None and self.complete < self.light:
            raise ValueError("a complete check is needed from no less than a light one")
        return self


class RefundSettings(Request):
    """How much a manager may give back on one order in all (minor units); administrators have no limit."""

    manager_limit: Amount = MANAGER_LIMIT


class RecoverySettings(Request):
    """When a cart counts as left, how long after that each reminder goes out (at most three, each later than the one before), how
    many percent of carts are not mailed so that the effect shows, and when a cart that nobody touches is closed."""

    abandoned_after_minutes: Annotated[int, Field(ge=10, le=_MINUTES_OF_A_WEEK)] = 60
    delays_minutes: Annotated[
        list[Annotated[int, Field(ge=1, le=_MINUTES_OF_A_MONTH)]], Field(max_length=RECOVERY_STEPS)
    ] = Field(default_factory=lambda: [30, 1440, 4320])
    hold_out_percent: Annotated[int, Field(ge=0, le=100)] = 0
    expires_after_days: Annotated[int, Field(ge=31, le=730)] = 90

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Self:
        if sorted(set(self.delays_minutes)) != self.delays_minutes:
            raise ValueError("each reminder is later than the one before")
        return self


class FulfilmentSettings(Request):
    """How orders are split into shipments: by staff, or by themselves once they are paid; `carrier`: by whom what leaves our micro-hub
    then goes."""

    split: Literal["manual", "automatic"] = "manual"
    carrier: ShortText | None = None


class SendcloudAccount(Request):
    """The brand's account with Sendcloud: its API keys, from which of its sender addresses and by which shipping option parcels go.
    The secret key, which also signs its webhooks, is taken and never shown."""

    public_key: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    secret_key: Annotated[str, StringConstraints(min_length=1, max_length=255)] = Field(repr=False)
    sender_address_id: Annotated[int, Field(ge=1, le=10**12)]
    shipping_option: Annotated[str, StringConstraints(min_length=1, max_length=255)]


class KnownSendcloudAccount(Response):
    """The brand's account with Sendcloud, without its secret."""

    public_key: str
    sender_address_id: int
    shipping_option: str


class GoogleClient(Request):
    """What the brand is to Google, for signing in with it. The secret is taken and never shown."""

    client_id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    client_secret: Annotated[str, StringConstraints(min_length=1, max_length=255)] = Field(repr=False)


class KnownGoogleClient(Response):
    """The brand's client at Google, without its secret."""

    client_id: str


def limit_classes() -> set[str]:
    """The classes of requests whose limit a brand may choose."""
    return limits.DEFAULTS.keys() - {"look_up"}


def _known_classes(amounts: dict[str, int]) -> dict[str, int]:
    if unknown := amounts.keys() - limit_classes():
        raise ValueError(f"no such class of requests: {', '.join(sorted(unknown))}")
    return amounts


# Requests per window and client, by class (`anonymous.read`, …).
Limits = Annotated[
    dict[str, Annotated[int, Field(ge=1, le=_MOST_REQUESTS)]],
    Field(max_length=50, examples=[{"anonymous.write": 20}]),
    AfterValidator(_known_classes),
]
