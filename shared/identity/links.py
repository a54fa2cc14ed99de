"""Links in mails: pages of the brand's own shop, with the token that they hand on to this API."""

from enum import StrEnum
from urllib.parse import urlencode

from shared.identity.issuer import issuer
from shared.platform.brands import Brand


class Page(StrEnum):
    """Where the shop's front end takes a link."""

    VERIFY_EMAIL = "/account/verify-email"
    RESET_PASSWORD = "/account/reset-password"
    MAGIC_LINK = "/account/magic-link"
    INVITATION = "/account/invitation"
    SIGN_IN = "/account/sign-in"
    FORGOTTEN = "/account/forgotten-password"
    LEVEL = "/account/level"
    IDENTITY = "/account/identity"


def link(brand: Brand, page: Page, token: str | None = None) -> str:
    """The page's address below the brand's `store_url`, or below this API's for a brand that has none."""
    base = (brand.store_url or issuer()).rstrip("/")
    return f"{base}{page}" + (f"?{urlencode({'token': token})}" if token else "")
