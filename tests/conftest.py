"""What all tests share."""

from hypothesis import settings

pytest_plugins = ("tests.database",)

# Times are measured in tests/bench, never asserted: a busy machine must not fail a rule.
settings.register_profile("comptoir", deadline=None)
settings.load_profile("comptoir")
