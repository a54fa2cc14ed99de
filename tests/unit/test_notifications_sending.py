"""When a mail is handed over, and what the provider's answers lead to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.notifications.sending import (
    MAX_ATTEMPTS,
    SENDING_FOR,
    SendOutcome,
    Status,
    StillSending,
    after,
    back_off,
    may_hand_over,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_only_a_queued_mail_is_handed_over() -> None:
    assert may_hand_over("queued", None, NOW) is True
    for settled in (Status.SENT, Status.FAILED, Status.UNKNOWN):
        assert may_hand_over(settled, None, NOW) is False


def test_a_mail_on_its_way_is_left_alone_until_its_sender_must_be_dead() -> None:
    with pytest.raises(StillSending):
        may_hand_over("sending", NOW + timedelta(seconds=1), NOW)
    assert may_hand_over("sending", NOW, NOW) is None


@pytest.mark.parametrize("result", ["sent", "failed", "unknown"])
def test_a_known_answer_settles_the_mail_for_good(result: str) -> None:
    assert after(SendOutcome(result=result), 1) == (Status(result), None)


@given(st.integers(1, 40))
def test_a_deferred_mail_waits_ever_longer_and_gives_up_after_twelve(attempts: int) -> None:
    status, wait = after(SendOutcome(result="deferred"), attempts)
    if attempts >= MAX_ATTEMPTS:
        assert (status, wait) == (Status.FAILED, None)
    else:
        assert status is Status.QUEUED
        assert wait is not None
        assert wait >= back_off(max(1, attempts - 1))
        assert wait <= timedelta(hours=2)


def test_the_sender_s_time_is_longer_than_its_provider_call() -> None:
    from shared.notifications import ses

    assert SENDING_FOR.total_seconds() > ses._CONNECT_SECONDS + ses._READ_SECONDS + 10
