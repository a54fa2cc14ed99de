"""Cart tokens: opaque, given once, stored hashed."""

import hashlib
import secrets

_BYTES = 32


def new_token() -> str:
    """A token of 256 random bits, URL-safe."""
    return secrets.token_urlsafe(_BYTES)


def token_hash(token: str) -> bytes:
    """What is stored of a token. A plain hash is enough: nobody can guess 256 random bits, and looking one up by its
    hash tells nothing by its timing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
