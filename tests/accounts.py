"""Signed-in callers for function tests: real accounts, real sessions, real tokens."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from unittest.mock import patch
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from shared.identity import callers, passwords, signing_keys
from shared.identity.accounts import create_customer_account, create_staff
from shared.identity.credentials import Account
from shared.identity.permissions import Role
from shared.identity.sessions import Device, SignedIn, open_session
from shared.migrations.provision import DatabaseUrls
from shared.platform import encryption
from shared.platform.brands import Brand
from shared.platform.settings import forget
from shared.platform.work import Work, begin

PASSWORD = "correct horse battery staple"
ISSUER = "https://comptoir.example"
MASTER_KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def issuer(database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A deployment that can issue and check tokens; answers its address. The first key that it makes is the same for all tests."""
    monkeypatch.setenv("MASTER_KEY", MASTER_KEY)
    monkeypatch.setenv("PUBLIC_URL", ISSUER)
    _forget()
    monkeypatch.setattr(signing_keys, "make_key", _FirstKey())
    # To load one takes as long again.
    monkeypatch.setitem(signing_keys._private, _kid(), _key())
    yield ISSUER
    _forget()


class _FirstKey:
    """Makes signing keys; the first one is at hand: to make one takes as long as all else in most tests."""

    def __init__(self) -> None:
        self._make, self._first = signing_keys.make_key, threading.Lock()

    def __call__(self, work: Work) -> tuple[str, RSAPrivateKey]:
        if not self._first.acquire(blocking=False):
            return self._make(work)
        with patch.object(rsa, "generate_private_key", return_value=_key()):
            return self._make(work)


@cache
def _key() -> RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=signing_keys.KEY_BITS)


@cache
def _kid() -> str:
    return str(signing_keys._to_jwk(_key().public_key())["kid"])


def staff_account(brand: Brand, role: Role, email: str | None = None, *, platform: bool = False) -> Account:
    """A new member of the brand's staff, whose password is PASSWORD."""
    email = email or f"{role}-{uuid4().hex[:8]}@{brand.slug}.example"
    with begin(brand, "test") as work, _hashed_before():
        user_id = create_staff(work, email, PASSWORD, role, role.title(), platform=platform)
    return Account(user_id, email, Role.PLATFORM if platform else role)


def customer_account(brand: Brand, email: str | None = None) -> Account:
    """A new customer with a login, whose password is PASSWORD."""
    email = email or f"ada-{uuid4().hex[:8]}@{brand.slug}.example"
    with begin(brand, "test") as work, _hashed_before():
        user_id, _ = create_customer_account(work, email, PASSWORD, "Ada", "Byron")
    return Account(user_id, email, Role.MEMBER)


def session_of(brand: Brand, account: Account, now: datetime | None = None) -> SignedIn:
    """A new session of the account, begun `now` or at that time."""
    with begin(brand, "test", now=now) as work:
        return open_session(work, account, Device("test", "pytest", "192.0.2.1"))


def headers(brand: Brand, token: str | None = None) -> dict[str, str]:
    """The headers of a request to the brand, signed in by `token`."""
    return {"x-brand": brand.slug, **({"authorization": f"Bearer {token}"} if token else {})}


def signed_in(brand: Brand, role: Role) -> dict[str, str]:
    """The headers of a new account of this role."""
    account = customer_account(brand) if role is Role.MEMBER else staff_account(brand, role)
    return headers(brand, session_of(brand, account).access_token)


@contextmanager
def _hashed_before() -> Iterator[None]:
    """A password is hashed once for all accounts: hashing is slow on purpose, and tests make accounts by the thousand."""
    with _hashing, patch.object(passwords, "hash_password", _hash):
        yield


_hashing = threading.Lock()
_hash = cache(passwords.hash_password)


def _forget() -> None:
    forget()
    encryption.forget()
    signing_keys.forget()
    callers.forget()
