"""Signatures of JSON Web Tokens by RS256, checked with Python's own integers.

What checks them needs no secret: one exponentiation, and a comparison with the only block that the key's owner can have signed. OpenSSL's
bindings do the same and cost every cold start of a function with somebody signed in a fifth on top; who signs still uses them.
RSASSA-PKCS1-v1_5: RFC 8017 §8.2.2. Compact form: RFC 7515 §3.1.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

# The DigestInfo of SHA-256, which the hash follows: RFC 8017 §9.2, note 1.
_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)
_LEAST_BITS = 2048


class SignatureInvalid(ValueError):
    """The token was not signed by this key, or is no token."""


class PublicKey(NamedTuple):
    """An RSA key's public half."""

    modulus: int
    exponent: int

    @classmethod
    def of_jwk(cls, jwk: Mapping[str, Any]) -> Self:
        """The key of a JSON Web Key (RFC 7518 §6.3.1). Raises ValueError unless it is an RSA key of at least 2,048 bits."""
        if jwk.get("kty") != "RSA":
            raise ValueError("not an RSA key")
        key = cls(_number(jwk["n"]), _number(jwk["e"]))
        if key.modulus.bit_length() < _LEAST_BITS or key.exponent < 3 or not key.exponent & 1:
            raise ValueError("not a key to trust")
        return key


def parts(token: str) -> tuple[bytes, bytes, bytes]:
    """Header, payload and signature of a token in compact form, none of them checked. Raises SignatureInvalid."""
    found = _COMPACT.fullmatch(token)
    if found is None:
        raise SignatureInvalid
    try:
        header, payload, signature = (_decoded(part) for part in found.groups())
    except ValueError as error:
        raise SignatureInvalid from error
    return header, payload, signature


def signed(token: str, key: PublicKey) -> bytes:
    """The payload of a token that this key has signed. Raises SignatureInvalid."""
    _, payload, signature = parts(token)
    size = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature)
    if len(signature) != size or number >= key.modulus:
        raise SignatureInvalid
    hashed = hashlib.sha256(token.rpartition(".")[0].encode()).digest()
    # The whole block is made and compared, rather than taken apart: there is one way to pad, and nothing in it to overlook.
    told = _DIGEST_INFO + hashed
    expected = b"\x00\x01" + b"\xff" * (size - len(told) - 3) + b"\x00" + told
    if not hmac.compare_digest(pow(number, key.exponent, key.modulus).to_bytes(size), expected):
        raise SignatureInvalid
    return payload


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _number(text: str) -> int:
    return int.from_bytes(_decoded(text))
