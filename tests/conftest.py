"""What all tests share."""

import pytest
from hypothesis import settings

from shared.platform import aws, limits, steps
from tests.gateway import Bus

pytest_plugins = (
    "tests.database",
    "tests.accounts",
    "tests.local_stripe",
    "tests.local_paypal",
    "tests.till",
    "tests.local_aws",
    "tests.privacy",
    "tests.mailbox",
    "tests.local_google",
    "tests.ways_in",
    "tests.killing",
    "tests.media",
    "tests.invoicing",
    "tests.bad_input",
)

# Times are measured in tests/bench, never asserted: a busy machine must not fail a rule.
settings.register_profile("comptoir", deadline=None)
settings.load_profile("comptoir")


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> None:
    """No hook and no lease of the test before."""
    steps.install(None)
    limits.forget()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Bus:
    """An event bus in memory, in the place of AWS's JSON services."""
    made = Bus()
    monkeypatch.setattr(aws, "call", made.call)
    return made
