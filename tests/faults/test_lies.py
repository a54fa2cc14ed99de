"""Every check of a fault run is proven on books that are falsified."""

from tests.faults.checks import ALL
from tests.faults.lies import LIES


def test_there_is_a_lie_for_every_check() -> None:
    assert {check.__name__ for check in ALL} - {lie.seen_by.__name__ for lie in LIES} == set()


def test_no_lie_is_told_twice() -> None:
    assert len({lie.tells for lie in LIES}) == len(LIES)
