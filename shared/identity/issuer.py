"""The issuer: the address under which this deployment's discovery document is found."""

from shared.platform.settings import settings

JWKS_PATH = "/.well-known/jwks.json"


def issuer() -> str:
    """PUBLIC_URL without a slash at its end: the `iss` of every token. Raises LookupError when it is not set."""
    url = settings().public_url.rstrip("/")
    if not url:
        raise LookupError("PUBLIC_URL is not set")
    return url
