"""Field encryption: small secrets that lie sealed in the database (envelope encryption, AES-256-GCM).

Each value is sealed by a data key, which lies beside it wrapped by a master key. `MASTER_KEY` lists master keys, the current
one first, separated by commas: 32 bytes in base64 (literal, or behind a Secrets Manager ARN), or the ARN of a KMS key. To
rotate, put a new one first and reseal what `is_current` denies; then drop the old one. KMS rotates behind its own ARN unseen.
"""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

from shared.platform import aws
from shared.platform.settings import secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = "s1"
_KEY_BYTES = 32
_NONCE_BYTES = 12
# Far below the 2^32 random nonces that NIST SP 800-38D §8.3 allows one key; a KMS key is asked once for so many values.
_VALUES_PER_DATA_KEY = 1000
_UNWRAPPED_KEPT = 256
_KMS_CONTEXT = {"purpose": "comptoir-fields"}


class Unsealable(ValueError):
    """The sealed text is broken, belongs elsewhere, or its master key is not among ours."""


class _Master(Protocol):
    """A key that never leaves its place and wraps data keys."""

    id: str

    def new_data_key(self) -> tuple[bytes, bytes]:
        """A fresh data key: plain, and wrapped."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """The data key again. Raises Unsealable."""


class _LiteralKey:
    """A master key held in the process, for local runs and deployments without KMS."""

    def __init__(self, key: bytes) -> None:
        self.id = hashlib.sha256(b"comptoir master key" + key).hexdigest()[:8]
        self._cipher = _aes(key)

    def new_data_key(self) -> tuple[bytes, bytes]:
        plain = os.urandom(_KEY_BYTES)
        nonce = os.urandom(_NONCE_BYTES)
        return plain, nonce + self._cipher.encrypt(nonce, plain, self.id.encode())

    def unwrap(self, wrapped: bytes) -> bytes:
        return _decrypt(self._cipher, wrapped, self.id.encode())


class _KmsKey:
    """A master key inside AWS KMS."""

    def __init__(self, arn: str) -> None:
        self.id = hashlib.sha256(arn.encode()).hexdigest()[:8]
        self._arn = arn

    def new_data_key(self) -> tuple[bytes, bytes]:
        ask = {"KeyId": self._arn, "KeySpec": "AES_256", "EncryptionContext": _KMS_CONTEXT}
        made = aws.call("kms", "GenerateDataKey", ask)
        return base64.b64decode(made["Plaintext"]), base64.b64decode(made["CiphertextBlob"])

    def unwrap(self, wrapped: bytes) -> bytes:
        blob = base64.b64encode(wrapped).decode()
        ask = {"KeyId": self._arn, "CiphertextBlob": blob, "EncryptionContext": _KMS_CONTEXT}
        try:
            return base64.b64decode(aws.call("kms", "Decrypt", ask)["Plaintext"])
        except aws.AwsError as error:
            if error.code in ("InvalidCiphertextException", "IncorrectKeyException"):
                raise Unsealable("the master key does not open this data key") from error
            raise


@dataclass(slots=True)
class _DataKey:
    master: str
    wrapped: bytes
    cipher: "AESGCM"
    used: int = 0


_current: _DataKey | None = None


def seal(plain: bytes, context: str) -> str:
    """`plain` as text for one column of one row. `context` says where it belongs and must be given again to unseal."""
    key = _data_key()
    head = f"{_FORMAT}.{key.master}.{_text(key.wrapped)}"
    nonce = os.urandom(_NONCE_BYTES)
    return f"{head}.{_text(nonce + key.cipher.encrypt(nonce, plain, _bound(head, context)))}"


def unseal(sealed: str, context: str) -> bytes:
    """What was sealed for the same `context`. Raises Unsealable."""
    head, _, body = sealed.rpartition(".")
    parts = head.split(".")
    if len(parts) != 3 or parts[0] != _FORMAT:
        raise Unsealable("not a sealed text")
    return _decrypt(_unwrapped(parts[1], parts[2]), _bytes(body), _bound(head, context))


def is_current(sealed: str) -> bool:
    """Whether the first master key sealed it; what was not should be sealed again."""
    return sealed.startswith(current_head())


def current_head() -> str:
    """How every text begins that the first master key has sealed: for finding those that it has not."""
    return f"{_FORMAT}.{_masters()[0].id}."


def forget() -> None:
    """Drop every key this process holds: for tests."""
    global _current
    _current = None
    _masters.cache_clear()
    _unwrapped.cache_clear()


def _data_key() -> _DataKey:
    global _current
    master = _masters()[0]
    if _current is None or _current.used >= _VALUES_PER_DATA_KEY:
        plain, wrapped = master.new_data_key()
        _current = _DataKey(master.id, wrapped, _aes(plain))
    _current.used += 1
    return _current


@cache
def _masters() -> list[_Master]:
    return [_master(value.strip()) for value in _master_key().split(",")]


def _master_key() -> str:
    given = os.environ["MASTER_KEY"]
    return given if _is_kms(given) else secret("MASTER_KEY")


def _is_kms(value: str) -> bool:
    return value.startswith("arn:") and value.split(":")[2] == "kms"


def _master(value: str) -> _Master:
    if _is_kms(value):
        return _KmsKey(value)
    try:
        key = base64.b64decode(value, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ValueError("MASTER_KEY must be 32 bytes in base64, or the ARN of a KMS key")
    return _LiteralKey(key)


@lru_cache(maxsize=_UNWRAPPED_KEPT)
def _unwrapped(master_id: str, wrapped: str) -> "AESGCM":
    for master in _masters():
        if master.id == master_id:
            return _aes(master.unwrap(_bytes(wrapped)))
    raise Unsealable(f"the master key {master_id} is not among ours")


def _aes(key: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _decrypt(cipher: "AESGCM", body: bytes, bound: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        return cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise Unsealable("altered, or sealed for another place") from error


def _bound(head: str, context: str) -> bytes:
    return f"{head}\n{context}".encode()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise Unsealable("not a sealed text") from error
