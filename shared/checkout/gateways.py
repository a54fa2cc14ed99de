"""Which ways to pay a brand offers."""

from shared.platform.brands import Brand
from shared.platform.settings import settings

# The others of the contract are named in the request's model and come with their own contexts.
_KNOWN = ("stripe", "paypal")


def offered(brand: Brand) -> frozenset[str]:
    """What the brand's setting `gateways` lists (all of them if it lists nothing), as far as the deployment has an account there."""
    chosen = brand.settings.get("gateways")
    wanted = set(chosen) if isinstance(chosen, list) else set(_KNOWN)
    if not settings().paypal_client_id:
        wanted.discard("paypal")
    return frozenset(wanted.intersection(_KNOWN))
