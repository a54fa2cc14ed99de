"""What was on its way when the local run ended arrives after the next start, once."""

import time
from collections.abc import Callable

import pytest

from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import DECLINED, Shopper, Staff

_STUCK_SECONDS = 50.0

type MakeRun = Callable[..., LocalRun]


def wait_until_stuck(run: LocalRun) -> None:
    """Until the one armed fault has struck."""
    until = time.monotonic() + 30
    while run.local("/faults", method="GET")["steps"]:
        assert time.monotonic() < until, run.logs()
        time.sleep(0.05)


@pytest.mark.parametrize("end", [LocalRun.stop, LocalRun.kill], ids=["Ctrl-C", "kill -9"])
def test_a_payment_whose_event_was_published_and_not_consumed_is_not_lost(
    make_run: MakeRun, end: Callable[[LocalRun], object]
) -> None:
    run = make_run()
    run.start()
    shopper = Shopper(run).ordered()
    run.fault("orders/on_payment_captured", "before_story", "delay", seconds=_STUCK_SECONDS)
    assert shopper.pay().json()["status"] == "succeeded"
    wait_until_stuck(run)
    end(run)
    for _ in range(2):
        with make_run().running() as again:
            again.settle()
            assert Staff(again).order(shopper.order["id"])["status"] == "paid"
            assert len(again.mails(shopper.email)) == 1


def test_products_orders_and_pictures_are_there_after_a_restart(make_run: MakeRun) -> None:
    with make_run().running() as run:
        shopper = Shopper(run).ordered()
        assert shopper.pay(DECLINED).status_code == 402
        run.settle()
    with make_run().running() as again:
        assert Staff(again).order(shopper.order["id"])["status"] == "pending_payment"
        product = again.http.get("/v1/store/products").json()["data"][0]
        picture = again.http.get(
            f"/_local/assets{product['images'][0]['url'].partition('/_local/assets')[2]}"
        )
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
        shopper.run = again
        assert shopper.pay().json()["status"] == "succeeded"
        again.settle()
        assert Staff(again).order(shopper.order["id"])["status"] == "paid"
        assert len(again.mails(shopper.email)) == 1
