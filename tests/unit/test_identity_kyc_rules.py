"""Which identity check an investment needs."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identity.kyc_rules import (
    OPEN,
    KycLevel,
    KycRequired,
    KycStatus,
    KycThresholds,
    admit,
    after_seeing,
    highest,
    needed,
)
from shared.kernel.money import Money

HOUSE = KycThresholds()
LINK = "https://api.example/v1/me/kyc"


@pytest.mark.parametrize(
    ("total", "level"),
    [
        (0, None),
        (99_99, None),
        (100_00, KycLevel.LIGHT),
        (100_01, KycLevel.LIGHT),
        (999_99, KycLevel.LIGHT),
        (1_000_00, KycLevel.COMPLETE),
        (10**12, KycLevel.COMPLETE),
    ],
)
def test_reaching_a_threshold_is_crossing_it(total: int, level: KycLevel | None) -> None:
    assert needed(total, HOUSE) is level


def test_a_brand_chooses_its_thresholds_or_none() -> None:
    assert KycThresholds.of({}) == HOUSE
    strict = KycThresholds.of({"kyc": {"light": None, "complete": 500_00}})
    assert needed(499_99, strict) is None
    assert needed(500_00, strict) is KycLevel.COMPLETE
    assert needed(10**12, KycThresholds.of({"kyc": {"light": None, "complete": None}})) is None


def test_the_refusal_says_which_check_from_how_much_and_where() -> None:
    with pytest.raises(KycRequired) as caught:
        admit(Money(150_00, "EUR"), None, HOUSE, LINK)
    assert (caught.value.status, caught.value.code()) == (403, "kyc_required")
    assert caught.value.extra == {
        "level": "light",
        "threshold": Money(100_00, "EUR"),
        "total": Money(150_00, "EUR"),
        "link": LINK,
    }


def test_a_more_thorough_check_will_do_and_a_lesser_one_will_not() -> None:
    admit(Money(150_00, "EUR"), KycLevel.COMPLETE, HOUSE, LINK)
    with pytest.raises(KycRequired) as caught:
        admit(Money(1_000_00, "EUR"), KycLevel.LIGHT, HOUSE, LINK)
    assert caught.value.extra["level"] == "complete"


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_investing_more_never_needs_less(less: int, more: int) -> None:
    less, more = sorted((less, more))
    ranks = [level.rank if level else 0 for level in (needed(less, HOUSE), needed(more, HOUSE))]
    assert ranks == sorted(ranks)


@given(st.sets(st.sampled_from(["light", "complete"])))
def test_the_highest_check_is_the_most_thorough_one(levels: set[Any]) -> None:
    best = highest(levels)
    assert (best is None) == (not levels)
    assert best is None or (best is KycLevel.COMPLETE) == ("complete" in levels)


@given(st.sampled_from(KycStatus), st.lists(st.sampled_from(KycStatus), max_size=6))
def test_what_was_verified_stays_so_in_whatever_order_looks_come(
    first: KycStatus, seen: list[KycStatus]
) -> None:
    status, was_verified = first, first is KycStatus.VERIFIED
    for look in seen:
        before = status
        status = after_seeing(status, look)
        was_verified = was_verified or look is KycStatus.VERIFIED
        assert before in OPEN or status not in OPEN
    assert (status is KycStatus.VERIFIED) == was_verified
