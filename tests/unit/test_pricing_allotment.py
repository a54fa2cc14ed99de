"""Sharing out cents."""

from hypothesis import given
from hypothesis import strategies as st

from shared.pricing.allotment import allot, half_up

WEIGHTS = st.dictionaries(st.text("abcdef", min_size=1), st.integers(0, 100_000), min_size=1, max_size=12)


def test_halves_go_up() -> None:
    assert [half_up(n, 2) for n in (0, 1, 2, 3)] == [0, 1, 1, 2]


def test_a_cent_that_cannot_be_split_goes_to_the_greatest_remainder_then_by_key() -> None:
    assert allot(100, {"b": 1, "a": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}
    assert allot(5, {"a": 1, "b": 3}) == {"a": 1, "b": 4}


@given(WEIGHTS, st.data())
def test_shares_sum_to_the_amount_and_none_exceeds_its_weight(
    weights: dict[str, int], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(0, sum(weights.values())))
    shares = allot(amount, weights)
    assert sum(shares.values()) == amount
    assert all(0 <= shares[key] <= weight for key, weight in weights.items())


@given(WEIGHTS, st.data())
def test_the_order_of_weights_changes_nothing(weights: dict[str, int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(weights.values())))
    shuffled = dict(data.draw(st.permutations(list(weights.items()))))
    assert allot(amount, weights) == allot(amount, shuffled)
