"""The keys that sign certificates of erasure: Ed25519, made at first need, never retired, apart from those of access tokens.

A certificate must be good for years, a token's key for days. The public halves stand in the discovery document.
"""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from shared.platform import encryption
from shared.platform.work import Work

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALGORITHM = "EdDSA"
TYPE = "erasure-certificate+jwt"

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('identity.certificate_keys', 0))"
_NEWEST = """
    SELECT kid, sealed_private_key FROM identity.certificate_keys ORDER BY created_at DESC LIMIT 1
"""
_ADD = """
    INSERT INTO identity.certificate_keys (kid, public_jwk, sealed_private_key, created_at)
    VALUES (%(kid)s, %(public_jwk)s, %(sealed)s, %(now)s)
"""


def sign(work: Work, payload: dict[str, Any]) -> str:
    """The payload as a signed JWT (RFC 7515, RFC 8037); the deployment's first key is made here."""
    import jwt

    kid, key = _signing_key(work)
    return jwt.encode(payload, key, ALGORITHM, headers={"kid": kid, "typ": TYPE})


def read(certificate: str) -> dict[str, Any]:
    """What a certificate of ours says; its signature is for others to check."""
    import jwt

    said: dict[str, Any] = jwt.decode(certificate, options={"verify_signature": False})
    return said


def published(work: Work) -> list[dict[str, Any]]:
    """The public halves (RFC 8037), the newest first."""
    rows = work.all("SELECT public_jwk FROM identity.certificate_keys ORDER BY created_at DESC")
    return [row.public_jwk for row in rows]


def place(kid: str) -> str:
    """Where a sealed private half belongs."""
    return f"identity.certificate_keys/{kid}"


def _signing_key(work: Work) -> "tuple[str, Ed25519PrivateKey]":
    row = work.one(_NEWEST)
    if row is None:
        work.run(_LOCK)
        row = work.one(_NEWEST)
    if row is None:
        return _make(work)
    return row.kid, _loaded(encryption.unseal(row.sealed_private_key, place(row.kid)))


def _make(work: Work) -> "tuple[str, Ed25519PrivateKey]":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from jwt.utils import base64url_encode

    key = Ed25519PrivateKey.generate()
    core = {
        "crv": "Ed25519",
        "kty": "OKP",
        "x": base64url_encode(key.public_key().public_bytes_raw()).decode(),
    }
    # RFC 7638, with the members of RFC 8037 §2.
    told = json.dumps(core, separators=(",", ":"), sort_keys=True).encode()
    kid = base64url_encode(hashlib.sha256(told).digest()).decode()
    jwk = {**core, "kid": kid, "use": "sig", "alg": ALGORITHM}
    work.run(
        _ADD,
        kid=kid,
        public_jwk=json.dumps(jwk),
        sealed=encryption.seal(key.private_bytes_raw(), place(kid)),
        now=work.now,
    )
    return kid, key


def _loaded(plain: bytes) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(plain)
