"""The plan of a fault run: it follows from the seed alone, and leaves nothing out."""

from itertools import islice

from tests.faults.doing import name_of
from tests.faults.plan import Plan
from tests.faults.stories import STORIES
from tests.faults.troubles import AtStep, named_steps


def test_the_same_seed_is_the_same_plan_and_another_is_another() -> None:
    assert Plan(7).fingerprint() == Plan(7).fingerprint()
    assert Plan(7).fingerprint() != Plan(8).fingerprint()
    assert [Plan(7).buyer(n) for n in range(1, 50)] == [Plan(7).buyer(n) for n in range(1, 50)]


def test_every_kind_of_buyer_comes_and_both_brands_take_part() -> None:
    buyers = [Plan(7).buyer(number) for number in range(1, 400)]
    assert {buyer.kind for buyer in buyers} == set(STORIES)
    assert {buyer.brand for buyer in buyers} == {"demo", "other"}


def test_every_kind_of_trouble_comes_soon_and_a_kill_at_every_named_step_in_time() -> None:
    assert len({name_of(planned.trouble) for planned in islice(Plan(7).troubles(), 40)}) >= 15
    steps = named_steps()
    dealt = [planned.trouble for planned in islice(Plan(7).troubles(), 3 * len(steps))]
    killed = {(one.function, one.step) for one in dealt if isinstance(one, AtStep) and one.action == "kill"}
    assert killed == set(steps)
    assert len({name_of(one) for one in dealt}) >= 25


def test_troubles_come_with_ever_later_buyers() -> None:
    at = [planned.with_buyer for planned in islice(Plan(7).troubles(), 200)]
    assert at == sorted(at)
    assert at[0] >= 1
