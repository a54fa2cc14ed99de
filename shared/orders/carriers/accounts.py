"""A brand's accounts with carriers: in its settings, their secrets sealed."""

from typing import Any
from uuid import UUID

from shared.orders.carriers.port import CarrierApi, CarrierUnknown
from shared.platform import encryption
from shared.platform.brand_secrets import place
from shared.platform.brands import Brand

SENDCLOUD = "sendcloud"
# Those that have an API here. Any other name is a carrier whose parcels staff follow by hand.
WITH_API = frozenset({SENDCLOUD})
_SETTING = "sendcloud"


def sendcloud_settings(
    brand_id: UUID, public_key: str, secret_key: str, sender_address_id: int, shipping_option: str
) -> dict[str, Any]:
    """What a brand's settings hold of its account with Sendcloud, the secret sealed."""
    return {
        _SETTING: {
            "public_key": public_key,
            "sealed_secret_key": encryption.seal(secret_key.encode(), place(_SETTING, brand_id)),
            "sender_address_id": sender_address_id,
            "shipping_option": shipping_option,
        }
    }


def has_account(brand: Brand, carrier: str | None) -> bool:
    """Whether parcels by this carrier are announced and followed through its API."""
    chosen = brand.settings.get(_SETTING)
    return carrier == SENDCLOUD and isinstance(chosen, dict) and bool(chosen.get("sealed_secret_key"))


def api_of(brand: Brand, carrier: str | None) -> CarrierApi:
    """The API by which the brand speaks with a carrier. Raises CarrierUnknown, encryption.Unsealable."""
    from shared.orders.carriers.sendcloud import Sendcloud

    if not has_account(brand, carrier):
        raise CarrierUnknown
    chosen = brand.settings[_SETTING]
    return Sendcloud(
        public_key=str(chosen["public_key"]),
        secret_key=secret_of(brand),
        sender_address_id=int(chosen["sender_address_id"]),
        shipping_option=str(chosen["shipping_option"]),
    )


def secret_of(brand: Brand) -> str:
    """What Sendcloud signs its webhooks to the brand with. Raises CarrierUnknown, encryption.Unsealable."""
    if not has_account(brand, SENDCLOUD):
        raise CarrierUnknown
    return encryption.unseal(
        brand.settings[_SETTING]["sealed_secret_key"], place(_SETTING, brand.id)
    ).decode()
