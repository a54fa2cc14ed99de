"""GET /.well-known/jwks.json — the public keys of our access tokens (RFC 7517)."""

from typing import Literal

from shared.identity import signing_keys
from shared.platform.doors import Public, endpoint
from shared.platform.models import Response
from shared.platform.work import Work


class Jwk(Response):
    """An RSA public key; `kid` is its RFC 7638 thumbprint."""

    kty: Literal["RSA"]
    kid: str
    use: Literal["sig"]
    alg: Literal["RS256"]
    n: str
    e: str


class JwkSet(Response):
    keys: list[Jwk]


def list_signing_keys(work: Work) -> JwkSet:
    keys = signing_keys.published(work)
    if not keys:
        # A verifier that looks before the first sign-in must not keep an empty set.
        signing_keys.signing_key(work)
        keys = signing_keys.published(work)
    return JwkSet(keys=[Jwk.model_validate(key) for key in keys])


handler = endpoint("GET", "/.well-known/jwks.json", list_signing_keys, cache=Public(max_age=300, stale=3600))
