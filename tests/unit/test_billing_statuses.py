"""Which of two sightings of a payment stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.billing.statuses import UNSETTLED, PaymentStatus, after_seeing, of_stripe

STATUSES = st.sampled_from(PaymentStatus)


def test_every_status_of_stripe_s_lifecycle_is_known() -> None:
    lifecycle = "requires_payment_method requires_confirmation requires_action processing requires_capture succeeded canceled"
    assert PaymentStatus.UNKNOWN not in {of_stripe(status) for status in lifecycle.split()}
    assert of_stripe("invented_later") is PaymentStatus.UNKNOWN


@given(st.lists(STATUSES), st.data())
def test_captured_is_captured_in_whatever_order_it_is_seen(
    seen: list[PaymentStatus], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(seen)))
    status = PaymentStatus.STARTED
    for sighting in [*seen[:at], PaymentStatus.CAPTURED, *seen[at:]]:
        status = after_seeing(status, sighting)
    assert status is PaymentStatus.CAPTURED


@given(STATUSES, STATUSES)
def test_seeing_the_same_twice_changes_nothing_more(current: PaymentStatus, seen: PaymentStatus) -> None:
    once = after_seeing(current, seen)
    assert after_seeing(once, seen) is once


@given(STATUSES)
def test_not_knowing_never_replaces_knowing(current: PaymentStatus) -> None:
    if current not in UNSETTLED:
        assert after_seeing(current, PaymentStatus.UNKNOWN) is current
        assert after_seeing(current, PaymentStatus.FAILED) is current


@pytest.mark.parametrize("seen", [status for status in PaymentStatus if status is not PaymentStatus.CAPTURED])
def test_a_cancelled_payment_stays_cancelled_unless_money_came(seen: PaymentStatus) -> None:
    assert after_seeing(PaymentStatus.CANCELLED, seen) is PaymentStatus.CANCELLED
