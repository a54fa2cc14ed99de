"""What comes of recovery, in figures."""

from datetime import timedelta

import pytest

from shared.cart.recovery.figures import Group, recovery_figures
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import captured
from tests.gateway import Bus
from tests.leavers import choose, left
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def test_groups_are_told_apart_and_incremental_revenue_is_what_mails_bring(
    brand: Brand, at: Clock, till: Till, bus: Bus
) -> None:
    since = at.time
    bought = left(brand, at, "a@example.com", price=10_000)
    left(brand, at, "b@example.com", price=5000)
    left(brand, at, None, price=700)
    choose(brand, hold_out_percent=100)
    left(brand, at, "c@example.com", price=2000)
    total = bought.check_out(email="a@example.com")
    captured(brand, till, bus, total)
    paid = total.body["order"]["totals"]["total"]["amount"]
    with begin(brand, "test") as work:
        [figures] = recovery_figures(work, since, at.time + timedelta(seconds=1))
        assert recovery_figures(work, since - timedelta(days=2), since) == []
    assert figures.currency == "EUR"
    assert figures.abandoned == Group(4, 17_700, 1, paid)
    assert figures.mailed == Group(2, 15_000, 1, paid)
    assert figures.held_out == Group(1, 2000, 0, 0)
    assert figures.unreachable == Group(1, 700, 0, 0)
    assert figures.by_link.recovered == 0
    assert figures.incremental_revenue == paid


def test_another_brand_has_its_own(brand: Brand, another_brand: Brand, at: Clock) -> None:
    left(another_brand, at)
    with begin(brand, "test") as work:
        assert recovery_figures(work, at.time - timedelta(days=1), at.time + timedelta(days=1)) == []
