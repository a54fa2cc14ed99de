"""How long who has failed waits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity.throttling import (
    FREE_FAILURES_OF_ACCOUNT,
    WINDOW,
    delay,
    seconds_to_wait,
)
from shared.kernel.networks import client_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_first_failures_cost_no_time_and_then_each_costs_twice_the_one_before() -> None:
    waits = [delay(failures, FREE_FAILURES_OF_ACCOUNT).total_seconds() for failures in range(13)]
    assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_a_delay_only_grows_and_has_an_end(failures: int, free: int) -> None:
    assert timedelta(0) <= delay(failures, free) <= delay(failures + 1, free) <= timedelta(minutes=1)


@given(st.integers(0, 1000), st.integers(0, 2000), st.integers(0, 2000))
def test_whoever_waits_as_long_as_told_may_try(failures: int, ago: int, since: int) -> None:
    failed_at = NOW - timedelta(seconds=ago)
    began = failed_at - timedelta(seconds=since)
    wait = seconds_to_wait(failures, failed_at, began, 5, NOW)
    later = NOW + timedelta(seconds=wait)
    assert seconds_to_wait(failures, failed_at, began, 5, later) == 0
    if began <= NOW - WINDOW:
        assert wait == 0


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_a_subscriber_s_addresses_are_one_client(address: str, client: str) -> None:
    assert client_of(address) == client
