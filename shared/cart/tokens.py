"""Cart tokens: opaque, given once, stored hashed."""

import hashlib
import re
import secrets

_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """A token of 256 random bits, URL-safe."""
    return secrets.token_urlsafe(_BYTES)


def token_hash(token: str) -> bytes | None:
    """What is stored of a token; None for text that never was one.

    A plain hash is enough: nobody can guess 256 random bits, and looking a hash up tells nothing by its timing.
    """
    return hashlib.sha256(token.encode()).digest() if _TOKEN.fullmatch(token) else None
