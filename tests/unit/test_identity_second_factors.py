"""Second factors: codes of an app, and recovery codes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyotp import TOTP

from shared.identity import second_factors as rules

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_MOMENTS = st.integers(1_600_000_000, 4_100_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))


def code(now: datetime) -> str:
    return str(TOTP(SECRET).at(now))


@given(_MOMENTS)
def test_the_code_of_now_is_of_this_step_and_opens_once(now: datetime) -> None:
    step = rules.step_of(SECRET, code(now), now, None)
    assert step == int(now.timestamp()) // rules.STEP_SECONDS
    assert rules.step_of(SECRET, code(now), now, step) is None
    assert rules.step_of(SECRET, code(now), now, step - 1) == step


@given(_MOMENTS, st.integers(-40, 40))
def test_a_code_is_good_for_its_own_step_and_the_ones_beside_it(now: datetime, steps: int) -> None:
    shown = code(now + timedelta(seconds=steps * rules.STEP_SECONDS))
    around = {code(now + timedelta(seconds=near * rules.STEP_SECONDS)) for near in (-1, 0, 1)}
    assert (rules.step_of(SECRET, shown, now, None) is not None) == (shown in around)


def test_the_vectors_of_the_standard_hold() -> None:
    # RFC 6238, appendix B, SHA-1, the last six digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, told in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert rules.step_of(secret, told, datetime.fromtimestamp(seconds, UTC), None) == seconds // 30


@given(st.text(max_size=40))
def test_any_text_is_only_a_code_if_it_is_one(text: str) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    around = {code(now + timedelta(seconds=near)) for near in (-30, 0, 30)}
    assert (rules.step_of(SECRET, text, now, None) is not None) == (text in around)


def test_recovery_codes_are_no_two_alike_and_easy_to_read() -> None:
    codes = [one for _ in range(50) for one in rules.new_recovery_codes()]
    assert len(set(codes)) == len(codes)
    assert all(len(one) == 19 and not set(one) & set("oilu") for one in codes)


@pytest.mark.parametrize("typed", ["4F9K 0000 1111 zzzz", "4f9k00001111zzzz", " 4f9k-oOoO-iLl1-ZZZZ "])
def test_a_recovery_code_is_read_however_it_is_typed(typed: str) -> None:
    assert rules.recovery_hash(typed) == rules.recovery_hash("4f9k-0000-1111-zzzz")


def test_what_an_app_is_told_survives_odd_names() -> None:
    uri = rules.provisioning_uri(SECRET, "ada@maison.example", "Maison: du Quai & Cie")
    assert uri.startswith("otpauth://totp/")
    assert f"secret={SECRET}" in uri
    assert "Maison%20%20du%20Quai%20%26%20Cie" in uri
