"""purge_expired, as inventory hears it: requests and alerts that are over are forgotten, open ones stay."""

from datetime import timedelta

import pytest

from functions.platform.purge_expired import handler
from shared.inventory import restock_requests, retention
from shared.platform import clock
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.people import rows
from tests.warehouse import Keeper, goods

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def left(brand: Brand) -> tuple[int, int]:
    (row,) = rows(
        brand,
        "SELECT (SELECT count(*) FROM inventory.restock_requests) AS requests,"
        " (SELECT count(*) FROM inventory.stock_alerts) AS alerts",
    )
    return row.requests, row.alerts


def test_what_is_over_is_forgotten_and_what_is_open_stays(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    mug, lamp, keeper = goods(brand, 1), goods(brand, 1), Keeper.of(brand)
    for variant in (mug, lamp):
        keeper.move(variant, "out", 1)
        with begin(brand, "test") as work:
            restock_requests.ask(work, variant, "ada@example.com", "fr")
    keeper.move(mug, "in", 1)
    with begin(brand, "test") as work:
        assert restock_requests.tell_waiting(work, mug) == 1
    now = clock.now()
    for after, expected in (
        (retention.SETTLED_REQUESTS - timedelta(hours=1), (2, 2)),
        (retention.SETTLED_REQUESTS + timedelta(hours=1), (1, 2)),
        (retention.RESOLVED_ALERTS + timedelta(hours=1), (1, 1)),
        (retention.WAITING_REQUESTS + timedelta(hours=1), (0, 1)),
    ):
        moment = now + after
        monkeypatch.setattr(clock, "now", lambda at=moment: at)
        handler({}, None)
        assert left(brand) == expected
