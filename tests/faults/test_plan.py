"""The plan of a fault run: it follows from the seed alone, and leaves nothing out."""

from itertools import islice, takewhile

from tests.faults.checks.happenings import ACTIONS
from tests.faults.doing import name_of
from tests.faults.plan import Plan
from tests.faults.stories import STORIES
from tests.faults.troubles import AtStep, named_steps

# So many buyers come before ten thousand events are told.
_LONG_RUN = 1900


def test_the_same_seed_is_the_same_plan_and_another_is_another() -> None:
    assert Plan(7).fingerprint() == Plan(7).fingerprint()
    assert Plan(7).fingerprint() != Plan(8).fingerprint()
    assert [Plan(7).buyer(n) for n in range(1, 50)] == [Plan(7).buyer(n) for n in range(1, 50)]


def test_every_kind_of_buyer_comes_and_both_brands_take_part() -> None:
    buyers = [Plan(7).buyer(number) for number in range(1, 400)]
    assert {buyer.kind for buyer in buyers} == set(STORIES)
    assert {buyer.brand for buyer in buyers} == {"demo", "other"}


def test_every_kind_of_trouble_comes_soon() -> None:
    assert len({name_of(planned.trouble) for planned in islice(Plan(7).troubles(), 200)}) >= 18


def test_a_long_run_kills_fails_delays_and_repeats_at_every_named_step() -> None:
    dealt = [one.trouble for one in takewhile(lambda one: one.with_buyer <= _LONG_RUN, Plan(7).troubles())]
    for action in ACTIONS:
        hit = {(one.function, one.step) for one in dealt if isinstance(one, AtStep) and one.action == action}
        assert set(named_steps()) - hit == set()
    assert len({name_of(one) for one in dealt}) >= 30


def test_troubles_come_with_ever_later_buyers() -> None:
    at = [planned.with_buyer for planned in islice(Plan(7).troubles(), 200)]
    assert at == sorted(at)
    assert at[0] >= 1
