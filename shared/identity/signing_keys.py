"""The keys that sign access tokens: made at first need, rotated by adding one, published as a JWK Set.

A new key is published at once but signs only when verifiers that cache the set have seen it; a retired one stays published
as long as a token of its may live.
"""

import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared.identity.access_tokens import ALGORITHM, LIFETIME, TokenInvalid
from shared.kernel.rs256 import PublicKey
from shared.platform import encryption
from shared.platform.work import Work

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

KEY_BITS = 2048
# API Gateway's JWT authoriser keeps a set for two hours.
PUBLISHED_BEFORE_USE = timedelta(hours=2)
# Real seconds a warm function trusts a key it has loaded before it asks whether the key still exists.
_TRUSTED_SECONDS = 300.0

_private: dict[str, "RSAPrivateKey"] = {}
_public: dict[str, tuple[float, PublicKey]] = {}

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('identity.signing_keys', 0))"
# The newest of those published long enough; while there is none, the oldest.
_CURRENT = """
    SELECT kid, sealed_private_key FROM identity.signing_keys WHERE retired_at IS NULL
     ORDER BY created_at <= %(seen)s DESC, CASE WHEN created_at <= %(seen)s THEN created_at END DESC, created_at LIMIT 1
"""
_PUBLISHED = """
    SELECT public_jwk FROM identity.signing_keys WHERE retired_at IS NULL OR retired_at > %(since)s ORDER BY created_at DESC
"""
_FIND = """
    SELECT public_jwk FROM identity.signing_keys
     WHERE kid = %(kid)s AND (retired_at IS NULL OR retired_at > %(since)s)
"""
_ADD = """
    INSERT INTO identity.signing_keys (kid, public_jwk, sealed_private_key, created_at)
    VALUES (%(kid)s, %(public_jwk)s, %(sealed)s, %(now)s)
"""


def signing_key(work: Work) -> tuple[str, "RSAPrivateKey"]:
    """The key to sign with now, and its id; the deployment's first is made here."""
    row = work.one(_CURRENT, seen=work.now - PUBLISHED_BEFORE_USE)
    if row is None:
        work.run(_LOCK)
        row = work.one(_CURRENT, seen=work.now - PUBLISHED_BEFORE_USE)
    if row is None:
        return make_key(work)
    if row.kid not in _private:
        _private[row.kid] = _loaded(encryption.unseal(row.sealed_private_key, place(row.kid)))
    return row.kid, _private[row.kid]


def known_key(kid: str) -> PublicKey | None:
    """The public key, if this warm function has it already."""
    found = _public.get(kid)
    return found[1] if found and found[0] > time.monotonic() else None


def verifying_key(work: Work, kid: str) -> PublicKey:
    """The public key of a token's `kid`. Raises TokenInvalid when it is not one of ours."""
    key = known_key(kid)
    if key is None:
        jwk = work.value(_FIND, kid=kid, since=work.now - LIFETIME)
        if jwk is None:
            raise TokenInvalid
        key = PublicKey.of_jwk(jwk)
        _public[kid] = (time.monotonic() + _TRUSTED_SECONDS, key)
    return key


def published(work: Work) -> list[dict[str, Any]]:
    """The JWKs whose tokens are accepted, the newest first."""
    return [row.public_jwk for row in work.all(_PUBLISHED, since=work.now - LIFETIME)]


def forget() -> None:
    """Drop the keys this process holds: for tests."""
    _private.clear()
    _public.clear()


def make_key(work: Work) -> tuple[str, "RSAPrivateKey"]:
    """A new key, published from this commit on."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    jwk = _to_jwk(key.public_key())
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    kid = str(jwk["kid"])
    # Not kept in this process yet: the transaction may still roll back.
    work.run(
        _ADD, kid=kid, public_jwk=json.dumps(jwk), sealed=encryption.seal(plain, place(kid)), now=work.now
    )
    return kid, key


def place(kid: str) -> str:
    """Where a sealed private key belongs."""
    return f"identity.signing_keys/{kid}"


def _loaded(plain: bytes) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    key = load_der_private_key(plain, None)
    assert isinstance(key, RSAPrivateKey)
    return key


def _to_jwk(key: "RSAPublicKey") -> dict[str, Any]:
    """RFC 7517, with the RFC 7638 thumbprint as its `kid`."""
    import hashlib

    from jwt.algorithms import RSAAlgorithm
    from jwt.utils import base64url_encode

    full = RSAAlgorithm.to_jwk(key, as_dict=True)
    core = {name: full[name] for name in ("e", "kty", "n")}
    told = json.dumps(core, separators=(",", ":"), sort_keys=True).encode()
    return {
        **core,
        "kid": base64url_encode(hashlib.sha256(told).digest()).decode(),
        "use": "sig",
        "alg": ALGORITHM,
    }
