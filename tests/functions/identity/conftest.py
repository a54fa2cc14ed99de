"""What tests of accounts share: a Stripe of their own behind the functions."""

from collections.abc import Iterator

import pytest

from shared.billing import stripe
from shared.migrations.provision import DatabaseUrls
from shared.platform.settings import forget
from tests.local_stripe import SECRET_KEY, WEBHOOK_SECRET, Account


@pytest.fixture
def provider(
    account: Account, issuer: str, database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Account]:
    """Stripe, as the functions find it."""
    monkeypatch.setenv("STRIPE_API_BASE", account.url)
    monkeypatch.setenv("STRIPE_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET)
    forget()
    stripe.forget()
    yield account
    stripe.forget()
