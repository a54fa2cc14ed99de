"""A brand's settings, section by section: what may be chosen, what was, and what holds where nothing was."""

import json
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, ValidationError

from shared.administration.events import BrandSettingsChangedV1
from shared.administration.sections import (
    FulfilmentSettings,
    GoogleClient,
    KnownGoogleClient,
    KnownSendcloudAccount,
    KycSettings,
    LevelSettings,
    Limits,
    MailSettings,
    RecoverySettings,
    RefundSettings,
    SendcloudAccount,
    limit_classes,
)
from shared.billing.invoices.seller import SellerSettings
from shared.checkout.gateways import wanted
from shared.identity.google import client_settings
from shared.identity.preferences import LocaleTag, TimeZone
from shared.identity.terms import terms_version
from shared.orders.carriers.accounts import sendcloud_settings
from shared.platform import brands, limits
from shared.platform.logs import log
from shared.platform.models import Change, CurrencyCode, Request, Response, ShortText
from shared.platform.versions import IfMatch
from shared.platform.work import Work
from shared.pricing.settings import ShippingSettings, TaxSettings

Origin = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$", max_length=300)]
StoreUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"\\?#]+$", max_length=300)]
TermsVersion = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class BrandSettings(Response):
    """What holds for the brand. `gateways`: which ways to pay it offers, as far as the deployment has an account there. `terms_version` is what who registers accepts, `check_mx` whether `validate-email` asks the DNS,
    `shipping` null the house tariff. A change is seen by every function within half a minute."""

    slug: str
    hosts: list[str]
    name: str
    locale: str
    timezone: str
    currency: str
    store_url: str
    currencies: list[str]
    allowed_origins: list[str]
    gateways: list[str]
    staff_mfa_required: bool
    terms_version: str
    check_mx: bool
    mail: MailSettings
    tax: TaxSettings
    shipping: ShippingSettings | None
    levels: LevelSettings
    kyc: KycSettings
    refunds: RefundSettings
    recovery: RecoverySettings
    seller: SellerSettings
    limits: Limits
    google: KnownGoogleClient | None
    fulfilment: FulfilmentSettings
    sendcloud: KnownSendcloudAccount | None
    updated_at: datetime | None
    version: int


class SettingsChange(Change):
    """What changes; a section is replaced as a whole, and `null` goes back to the house's."""

    clears: ClassVar[frozenset[str]] = frozenset(
        {
            "currencies",
            "allowed_origins",
            "gateways",
            "terms_version",
            "mail",
            "tax",
            "shipping",
            "levels",
            "kyc",
            "recovery",
            "seller",
            "limits",
            "google",
            "fulfilment",
            "sendcloud",
        }
    )

    name: ShortText | None = None
    locale: LocaleTag | None = None
    timezone: TimeZone | None = None
    store_url: StoreUrl | None = None
    currencies: Annotated[list[CurrencyCode], Field(max_length=50)] | None = None
    allowed_origins: Annotated[list[Origin], Field(max_length=50)] | None = None
    gateways: Annotated[list[Literal["stripe", "paypal"]], Field(min_length=1, max_length=10)] | None = None
    staff_mfa_required: bool | None = None
    terms_version: TermsVersion | None = None
    check_mx: bool | None = None
    mail: MailSettings | None = None
    tax: TaxSettings | None = None
    shipping: ShippingSettings | None = None
    levels: LevelSettings | None = None
    kyc: KycSettings | None = None
    refunds: RefundSettings | None = None
    recovery: RecoverySettings | None = None
    seller: SellerSettings | None = None
    limits: Limits | None = None
    google: GoogleClient | None = None
    fulfilment: FulfilmentSettings | None = None
    sendcloud: SendcloudAccount | None = None


_OF_ROW = ("name", "locale", "timezone", "store_url")
_READ = """
    SELECT b.slug, b.name, b.locale, b.timezone, b.currency::text AS currency, b.store_url, b.settings, b.updated_at, b.version,
           ARRAY(SELECT h.host FROM platform.brand_hosts h ORDER BY h.host) AS hosts
      FROM platform.brands b WHERE b.id = platform.current_brand()
"""
_WRITE = """
    UPDATE platform.brands
       SET name = %(name)s, locale = %(locale)s, timezone = %(timezone)s, store_url = %(store_url)s, settings = %(settings)s,
           version = version + 1, updated_at = %(now)s
     WHERE id = platform.current_brand()
"""


def read_settings(work: Work) -> BrandSettings:
    """The brand's settings as they are in the database."""
    return _shown(work.one(_READ))


def change_settings(work: Work, ask: SettingsChange, expected: IfMatch) -> BrandSettings:
    """Change what is asked for. Raises VersionStale."""
    row = work.one(_READ + " FOR UPDATE OF b")
    assert row is not None
    expected.check(row.version)
    asked = ask.asked()
    kept = dict(row.settings)
    for name, chosen in asked.items():
        if name in _OF_ROW:
            continue
        if chosen is None:
            kept.pop(name, None)
        else:
            kept[name] = _stored(work, chosen)
    work.run(
        _WRITE,
        settings=json.dumps(kept),
        now=work.now,
        **{name: asked.get(name, getattr(row, name)) for name in _OF_ROW},
    )
    work.tell(BrandSettingsChangedV1(names=sorted(asked)), key=str(work.brand.id))
    brands.forget()
    return read_settings(work)


def _stored(work: Work, chosen: Any) -> Any:
    if isinstance(chosen, GoogleClient):
        return client_settings(work.brand.id, chosen.client_id, chosen.client_secret)["google"]
    if isinstance(chosen, SendcloudAccount):
        return sendcloud_settings(work.brand.id, **chosen.model_dump())["sendcloud"]
    return chosen.model_dump(mode="json") if isinstance(chosen, Request) else chosen


def _shown(row: Any) -> BrandSettings:
    kept = row.settings
    return BrandSettings(
        slug=row.slug,
        hosts=row.hosts,
        name=row.name,
        locale=row.locale,
        timezone=row.timezone,
        currency=row.currency,
        store_url=row.store_url,
        currencies=kept.get("currencies", []),
        allowed_origins=kept.get("allowed_origins", []),
        gateways=sorted(wanted(kept)),
        staff_mfa_required=kept.get("staff_mfa_required") is True,
        terms_version=terms_version(kept),
        check_mx=kept.get("check_mx") is True,
        mail=_section(MailSettings, kept.get("mail")) or MailSettings(),
        tax=_section(TaxSettings, kept.get("tax")) or TaxSettings(),
        shipping=_section(ShippingSettings, kept.get("shipping")),
        levels=_section(LevelSettings, kept.get("levels")) or LevelSettings(),
        kyc=_section(KycSettings, kept.get("kyc")) or KycSettings(),
        refunds=_section(RefundSettings, kept.get("refunds")) or RefundSettings(),
        seller=_section(SellerSettings, kept.get("seller")) or SellerSettings(),
        recovery=_section(RecoverySettings, kept.get("recovery")) or RecoverySettings(),
        limits={name: limits.DEFAULTS[name].amount for name in sorted(limit_classes())}
        | {name: int(amount) for name, amount in kept.get("limits", {}).items() if name in limit_classes()},
        google=_google(kept.get("google")),
        fulfilment=_section(FulfilmentSettings, kept.get("fulfilment")) or FulfilmentSettings(),
        sendcloud=_sendcloud(kept.get("sendcloud")),
        updated_at=row.updated_at,
        version=row.version,
    )


def _google(kept: Any) -> KnownGoogleClient | None:
    return KnownGoogleClient(client_id=kept["client_id"]) if isinstance(kept, dict) else None


def _sendcloud(kept: Any) -> KnownSendcloudAccount | None:
    if not isinstance(kept, dict):
        return None
    return KnownSendcloudAccount(**{name: kept[name] for name in KnownSendcloudAccount.model_fields})


def _section[S: Request](model: type[S], kept: Any) -> S | None:
    """What was chosen, unless it is no longer something that may be."""
    if kept is None:
        return None
    try:
        return model.model_validate_json(json.dumps(kept))
    except ValidationError:
        log.warning("a brand's setting is not valid any more", extra={"section": model.__name__})
        return None
