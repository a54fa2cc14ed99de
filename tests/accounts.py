"""Signed-in callers for function tests: real accounts, real sessions, real tokens."""

import base64
from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest

from shared.identity import callers, signing_keys
from shared.identity.accounts import create_customer_account, create_staff
from shared.identity.credentials import Account
from shared.identity.permissions import Role
from shared.identity.sessions import Device, SignedIn, open_session
from shared.migrations.provision import DatabaseUrls
from shared.platform import encryption
from shared.platform.brands import Brand
from shared.platform.settings import forget
from shared.platform.work import begin

PASSWORD = "correct horse battery staple"
ISSUER = "https://comptoir.example"
MASTER_KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def issuer(database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A deployment that can issue and check tokens; answers its address."""
    monkeypatch.setenv("MASTER_KEY", MASTER_KEY)
    monkeypatch.setenv("PUBLIC_URL", ISSUER)
    _forget()
    yield ISSUER
    _forget()


def staff_account(brand: Brand, role: Role, email: str | None = None, *, platform: bool = False) -> Account:
    """A new member of the brand's staff, whose password is PASSWORD."""
    email = email or f"{role}-{uuid4().hex[:8]}@{brand.slug}.example"
    with begin(brand, "test") as work:
        user_id = create_staff(work, email, PASSWORD, role, role.title(), platform=platform)
    return Account(user_id, email, Role.PLATFORM if platform else role)


def customer_account(brand: Brand, email: str | None = None) -> Account:
    """A new customer with a login, whose password is PASSWORD."""
    email = email or f"ada-{uuid4().hex[:8]}@{brand.slug}.example"
    with begin(brand, "test") as work:
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


def _forget() -> None:
    forget()
    encryption.forget()
    signing_keys.forget()
    callers.forget()
