"""A signature is good when OpenSSL says so, and whatever else is offered as one is not."""

import base64
import hashlib
from typing import Any

import jwt
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.rs256 import PublicKey, SignatureInvalid, parts, signed

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SMALL_EXPONENT = rsa.generate_private_key(public_exponent=3, key_size=2048)
SIZE = 256
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def public(key: rsa.RSAPrivateKey = KEY) -> PublicKey:
    return PublicKey.of_jwk(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True))


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def token(payload: bytes, signature: bytes) -> str:
    return f"{encoded(b'{}')}.{encoded(payload)}.{encoded(signature)}"


def signed_by(key: rsa.RSAPrivateKey, payload: bytes, hashed: Any = None, how: Any = None) -> str:
    message = f"{encoded(b'{}')}.{encoded(payload)}".encode()
    return token(payload, key.sign(message, how or padding.PKCS1v15(), hashed or SHA256()))


def refused(attempt: str, key: rsa.RSAPrivateKey = KEY) -> None:
    with pytest.raises(SignatureInvalid):
        signed(attempt, public(key))


@given(st.binary(min_size=1, max_size=300))
def test_what_openssl_has_signed_is_read(payload: bytes) -> None:
    assert signed(signed_by(KEY, payload), public()) == payload


@given(st.binary(min_size=SIZE, max_size=SIZE) | st.binary(max_size=2 * SIZE))
def test_what_openssl_refuses_is_refused(signature: bytes) -> None:
    message = f"{encoded(b'{}')}.{encoded(b'x')}".encode()
    with pytest.raises(InvalidSignature):
        KEY.public_key().verify(signature, message, padding.PKCS1v15(), SHA256())
    refused(token(b"x", signature))


@given(st.integers(0, SIZE * 8 - 1))
def test_no_bit_of_a_signature_may_differ(bit: int) -> None:
    signature = parts(signed_by(KEY, b"x"))[2]
    changed = (int.from_bytes(signature) ^ 1 << bit).to_bytes(SIZE)
    refused(token(b"x", changed))


def test_another_key_hash_or_padding_is_refused() -> None:
    refused(signed_by(SMALL_EXPONENT, b"x"))
    for hashed in (SHA1(), SHA512()):
        refused(signed_by(KEY, b"x", hashed))
    refused(signed_by(KEY, b"x", how=padding.PSS(padding.MGF1(SHA256()), padding.PSS.DIGEST_LENGTH)))


def test_the_same_number_written_otherwise_is_refused() -> None:
    signature = parts(signed_by(KEY, b"x"))[2]
    modulus = KEY.public_key().public_numbers().n
    refused(token(b"x", b"\x00" + signature))
    refused(token(b"x", (int.from_bytes(signature) + modulus).to_bytes(SIZE + 1)))
    refused(token(b"x", b""))


@pytest.mark.parametrize("filling", [8, 16, 100])
def test_a_block_with_room_behind_its_hash_is_refused(filling: int) -> None:
    """Bleichenbacher's forgery of 2006, which whoever takes a block apart may let through: few bytes of padding, then the hash, then
    whatever makes the block the cube of a number."""
    hashed = hashlib.sha256(f"{encoded(b'{}')}.{encoded(b'x')}".encode()).digest()
    start = b"\x00\x01" + b"\xff" * filling + b"\x00" + _SHA256 + hashed
    wanted = int.from_bytes(start + b"\xff" * (SIZE - len(start)))
    low, high = 0, 1 << 700
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= wanted else (low, middle - 1)
    assert (low**3).to_bytes(SIZE).startswith(b"\x00\x01" + b"\xff" * 8)
    refused(token(b"x", low.to_bytes(SIZE)), SMALL_EXPONENT)


def test_numbers_that_sign_everything_sign_nothing() -> None:
    for number in (0, 1, KEY.public_key().public_numbers().n - 1):
        refused(token(b"x", number.to_bytes(SIZE)))


@given(st.text(max_size=80) | st.from_regex(r"[A-Za-z0-9_\-=+/]{0,9}(\.[A-Za-z0-9_\-=]{0,9}){0,4}"))
def test_whatever_is_no_token_is_refused_calmly(text: str) -> None:
    refused(text)


@pytest.mark.parametrize(
    "changed",
    [{"kty": "oct"}, {"n": encoded(b"\x01" * 128)}, {"e": encoded(b"\x01")}, {"e": encoded(b"\x04")}],
)
def test_a_key_that_proves_little_is_refused(changed: dict[str, str]) -> None:
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    with pytest.raises(ValueError, match="key"):
        PublicKey.of_jwk({**jwk, **changed})
