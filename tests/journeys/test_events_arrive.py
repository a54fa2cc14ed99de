"""From a payment to its mail, whoever dies on the way and whatever is down: nothing is lost, nothing is done twice."""

import time

import pytest

from local.demo import ids
from tests.journeys.books import rows
from tests.journeys.local_run import LocalRun, state
from tests.journeys.shopper import Shopper, Staff, levels

pytestmark = pytest.mark.usefixtures("unlimited")

TEA_TOWEL = ids.variant(8, 2)
# Longer than any message stays invisible and any claim or back-off of a first failure lasts; shorter than any hold.
LONG_ENOUGH = 10 * 60
_STRIKE_SECONDS = 30

# A consumer with one transaction, and one that looks at the provider between two.
_ONE_TRANSACTION = ("before_story", "before_commit", "after_commit", "before_delete")
_TWO_TRANSACTIONS = (*_ONE_TRANSACTION, "before_reach", "after_reach", "before_settle")
DEATHS = [
    *(("platform/relay", step) for step in ("before_publish", "after_publish")),
    *(("billing/on_webhook_received", step) for step in _TWO_TRANSACTIONS),
    *(("orders/on_payment_captured", step) for step in _ONE_TRANSACTION),
    *(("orders/on_order_paid", step) for step in _ONE_TRANSACTION),
]


def assert_arrived_once(run: LocalRun, buyer: Shopper, on_hand: int) -> None:
    """The order is paid once, its stock sold once, its mail sent once, and nothing is left over anywhere."""
    staff = Staff(run)
    order = staff.order(buyer.order["id"])
    assert [move["to"] for move in order["history"]] == ["pending_payment", "paid"], state(run)
    stock = staff.stock(TEA_TOWEL)
    assert stock["on_hand"] == on_hand - 1
    sales = [move for move in stock["movements"] if move["order_id"] == order["id"]]
    assert [(move["type"], move["quantity"]) for move in sales] == [("sale", -1)]
    assert [mail["template"] for mail in buyer.mails()] == ["order_confirmation"]
    waiting = run.local("/queues", method="GET")
    assert waiting["outbox"] == {"pending": 0, "dead": 0}
    assert {name: depth for name, depth in waiting["queues"].items() if any(depth.values())} == {}


def until_struck(run: LocalRun) -> None:
    """Wait until every armed fault has done what it was armed for."""
    until = time.monotonic() + _STRIKE_SECONDS
    while run.local("/faults", method="GET")["steps"]:
        assert time.monotonic() < until, "the fault never struck" + run.logs()
        time.sleep(0.02)


def arrive(run: LocalRun) -> None:
    """Let as much time pass as what was cut short needs to be taken up again."""
    # Queues have a time of their own.
    run.local("/faults", {"reveal": True})
    run.advance(LONG_ENOUGH)


@pytest.mark.parametrize(("function", "step"), DEATHS, ids=[" ".join(death) for death in DEATHS])
def test_a_function_killed_at_any_step_is_made_up_for(faulty: LocalRun, function: str, step: str) -> None:
    run = faulty
    run.settle()
    on_hand = levels(Staff(run).stock(TEA_TOWEL))[0]
    buyer = Shopper(run).ordered(TEA_TOWEL)
    run.settle()
    run.fault(function, step)
    assert buyer.pay().json()["status"] == "succeeded"
    until_struck(run)
    arrive(run)
    assert_arrived_once(run, buyer, on_hand)


@pytest.mark.parametrize("function", ["on_webhook_received", "on_payment_captured", "on_order_paid"])
def test_what_is_delivered_twice_is_applied_once(faulty: LocalRun, function: str) -> None:
    run = faulty
    on_hand = levels(Staff(run).stock(TEA_TOWEL))[0]
    run.fault(function, "before_delete", "repeat")
    buyer = Shopper(run).paid(TEA_TOWEL)
    run.settle()
    assert_arrived_once(run, buyer, on_hand)


@pytest.mark.parametrize("how", ["down", "lost"])
def test_while_the_broker_is_away_shops_go_on_and_afterwards_everything_arrives(
    faulty: LocalRun, how: str
) -> None:
    run = faulty
    run.settle()
    on_hand = levels(Staff(run).stock(TEA_TOWEL))[0]
    run.local("/faults", {"broker": how})
    buyer = Shopper(run).paid(TEA_TOWEL)
    assert run.local("/queues", method="GET")["outbox"]["pending"] > 0
    # What a moved clock makes due meets the same trouble.
    run.local("/clock", {"advance_seconds": 60})
    assert buyer.mails() == []
    run.local("/faults", method="DELETE")
    arrive(run)
    assert_arrived_once(run, buyer, on_hand)


def test_a_mail_whose_sending_was_cut_short_is_recorded_as_unknown_and_never_repeated(
    faulty: LocalRun,
) -> None:
    run = faulty
    run.local("/faults", {"aws": {"ses": "lost"}})
    buyer = Shopper(run).paid(TEA_TOWEL)
    run.settle()
    run.local("/faults", method="DELETE")
    arrive(run)
    assert len(buyer.mails()) == 1
    assert outcomes(run, buyer) == ["unknown"]


@pytest.mark.parametrize(("step", "sent"), [("before_reach", 0), ("after_reach", 1)])
def test_a_sender_that_dies_at_the_provider_leaves_an_unknown_outcome(
    faulty: LocalRun, step: str, sent: int
) -> None:
    run = faulty
    run.fault("notifications/on_mail_queued", step)
    buyer = Shopper(run).paid(TEA_TOWEL)
    until_struck(run)
    arrive(run)
    assert len(buyer.mails()) == sent
    assert outcomes(run, buyer) == ["unknown"]


def test_a_provider_that_is_down_gets_the_mail_later(faulty: LocalRun) -> None:
    run = faulty
    run.local("/faults", {"aws": {"ses": "down"}})
    buyer = Shopper(run).paid(TEA_TOWEL)
    run.settle()
    assert buyer.mails() == []
    run.local("/faults", method="DELETE")
    arrive(run)
    assert len(buyer.mails()) == 1
    assert outcomes(run, buyer) == ["sent"]


def outcomes(run: LocalRun, buyer: Shopper) -> list[str]:
    """What the send log says of the buyer's mails."""
    found = rows(run, "SELECT status FROM notifications.mails WHERE recipient = %(to)s", to=buyer.email)
    return [status for (status,) in found]
