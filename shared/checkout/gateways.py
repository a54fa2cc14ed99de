"""Which ways to pay a brand offers."""

from collections.abc import Mapping
from typing import Any

from shared.platform.brands import Brand
from shared.platform.settings import settings

# The others of the contract are named in the request's model and come with their own contexts.
_KNOWN = ("stripe", "paypal")


def wanted(chosen: Mapping[str, Any]) -> frozenset[str]:
    """What a brand's own setting `gateways` lists, all of them if it lists nothing. Pure."""
    listed = chosen.get("gateways")
    return frozenset(listed).intersection(_KNOWN) if isinstance(listed, list) else frozenset(_KNOWN)


def offered(brand: Brand) -> frozenset[str]:
    """What the brand wants and the deployment has an account for."""
    return wanted(brand.settings) if settings().paypal_client_id else wanted(brand.settings) - {"paypal"}
