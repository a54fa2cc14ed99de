"""Levels follow from facts: which, until when, and what the next one takes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.identity.levels import Level, LevelFact, LevelThresholds, progress, standing

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUSE = LevelThresholds()


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def ahead(days: float) -> datetime:
    return NOW + timedelta(days=days)


def investment(amount: int = 50_00, since: datetime = NOW) -> LevelFact:
    return LevelFact("investment", since, amount=amount)


def test_everybody_begins_as_an_explorateur() -> None:
    assert standing([], HOUSE, NOW).level is Level.EXPLORATEUR


def test_the_first_paid_investment_makes_a_protecteur_for_good() -> None:
    now = standing([investment(since=ago(1))], HOUSE, NOW)
    assert (now.level, now.until) == (Level.PROTECTEUR, None)
    assert standing([investment(since=ahead(1))], HOUSE, NOW).level is Level.EXPLORATEUR


def test_an_active_ambassador_subscription_makes_an_ambassadeur_while_its_paid_period_runs() -> None:
    paid = LevelFact("ambassador", ago(10), until=ahead(20))
    now = standing([investment(since=ago(30)), paid], HOUSE, NOW)
    assert (now.level, now.until) == (Level.AMBASSADEUR, ahead(20))
    assert standing([investment(since=ago(30)), paid], HOUSE, ahead(20)).level is Level.PROTECTEUR


def test_the_longest_of_two_paid_periods_counts() -> None:
    facts = [LevelFact("ambassador", ago(1), until=ahead(days)) for days in (5, 50, 20)]
    assert standing(facts, HOUSE, NOW).until == ahead(50)


def test_what_staff_grant_counts_as_long_as_they_say() -> None:
    granted = LevelFact("granted", ago(1), until=ahead(3), level=Level.AMBASSADEUR)
    assert standing([granted], HOUSE, NOW).until == ahead(3)
    for_good = LevelFact("granted", ago(1), level=Level.AMBASSADEUR)
    assert standing([granted, for_good], HOUSE, NOW).until is None


def test_a_brand_may_ask_for_more() -> None:
    more = LevelThresholds.of({"levels": {"protecteur": {"investments": 2, "invested": 200_00}}})
    assert standing([investment(300_00)], more, NOW).level is Level.EXPLORATEUR
    assert standing([investment(50_00)] * 2, more, NOW).level is Level.EXPLORATEUR
    assert standing([investment(100_00)] * 2, more, NOW).level is Level.PROTECTEUR
    assert LevelThresholds.of({}) == HOUSE


def test_the_way_to_the_next_level_is_explained() -> None:
    more = LevelThresholds(investments=2, invested=200_00)
    first = progress([investment(50_00)], more, NOW)
    assert first is not None
    assert (first.level, first.investments, first.investments_needed) == (Level.PROTECTEUR, 1, 2)
    assert (first.invested, first.invested_needed, first.ambassador_needed) == (50_00, 200_00, False)
    second = progress([investment()], HOUSE, NOW)
    assert second is not None
    assert (second.level, second.ambassador, second.ambassador_needed) == (Level.AMBASSADEUR, False, True)
    assert progress([LevelFact("ambassador", ago(1), ahead(1))], HOUSE, NOW) is None


_FACTS = st.builds(
    LevelFact,
    st.sampled_from(["investment", "ambassador"]),
    st.integers(-10, 10).map(ago),
    st.none() | st.integers(-10, 10).map(ahead),
    st.integers(0, 1000),
)


@given(st.lists(_FACTS, max_size=6), _FACTS)
def test_another_fact_never_lowers_a_level(facts: list[LevelFact], another: LevelFact) -> None:
    before, after = standing(facts, HOUSE, NOW), standing([*facts, another], HOUSE, NOW)
    assert after.level.rank >= before.level.rank


@given(st.lists(_FACTS, max_size=6))
def test_a_level_holds_until_it_says_so(facts: list[LevelFact]) -> None:
    now = standing(facts, HOUSE, NOW)
    if now.until is not None:
        just_before = now.until - timedelta(seconds=1)
        assert standing(facts, HOUSE, max(NOW, just_before)).level.rank >= now.level.rank
