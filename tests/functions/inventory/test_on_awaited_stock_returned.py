"""awaited_stock.returned: each who waits is mailed once, whatever is killed, repeated or sold in between."""

from uuid import UUID

import pytest

from functions.inventory.on_awaited_stock_returned import handler
from shared.inventory import restock_requests
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import archive
from tests.gateway import Bus, batch
from tests.killing import DieAt, Killed
from tests.mailbox import mails
from tests.people import rows
from tests.warehouse import Keeper, goods, slug_of

pytestmark = pytest.mark.usefixtures("issuer")

KIND = "awaited_stock.returned"


def wait_for(brand: Brand, variant: UUID, *emails: str, locale: str = "fr") -> None:
    for email in emails:
        with begin(brand, "test") as work:
            restock_requests.ask(work, variant, email, locale)


def deliver(bus: Bus, times: int = 1) -> int:
    """Publish, and deliver what is new until nothing more is told; how many deliveries that took."""
    deliveries = 0
    while new := [detail for detail in bus.relay() if detail["type"] == KIND]:
        for _ in range(times):
            assert handler(batch(new), None) == {"batchItemFailures": []}
            deliveries += 1
    return deliveries


def told(brand: Brand) -> list[str]:
    return sorted(mail.to for mail in mails(brand, "back_in_stock"))


def test_whoever_waits_is_mailed_once_when_units_come(brand: Brand, bus: Bus) -> None:
    mug, keeper = goods(brand, 0), Keeper.of(brand)
    wait_for(brand, mug, "ada@example.com")
    wait_for(brand, mug, "bob@example.com", locale="en")
    keeper.move(mug, "in", 5)
    deliver(bus, times=2)
    keeper.move(mug, "in", 5)
    deliver(bus)
    assert told(brand) == ["ada@example.com", "bob@example.com"]
    first, second = sorted(mails(brand, "back_in_stock"), key=lambda mail: mail.to)
    assert (first.locale, second.locale) == ("fr", "en")
    assert first.variables["page"] == f"https://maison.example/products/{slug_of(brand, mug)}"
    assert first.variables["unsubscribe"] != second.variables["unsubscribe"]
    assert "brand=maison&token=restock." in first.variables["unsubscribe"]


def test_who_asks_again_after_being_told_is_told_again(brand: Brand, bus: Bus) -> None:
    mug, keeper = goods(brand, 0), Keeper.of(brand)
    for _ in range(2):
        wait_for(brand, mug, "ada@example.com")
        keeper.move(mug, "in", 1)
        deliver(bus)
        keeper.move(mug, "out", 1)
    assert told(brand) == ["ada@example.com"] * 2


@pytest.mark.parametrize("step", ["before_story", "before_commit", "after_commit", "before_delete"])
def test_a_function_killed_on_its_way_mails_each_once(
    brand: Brand, bus: Bus, die_at: DieAt, step: str
) -> None:
    mug = goods(brand, 0)
    wait_for(brand, mug, "ada@example.com", "bob@example.com")
    Keeper.of(brand).move(mug, "in", 1)
    events = [detail for detail in bus.relay() if detail["type"] == KIND]
    die_at(step)
    with pytest.raises(Killed):
        handler(batch(events), None)
    assert handler(batch(events), None) == {"batchItemFailures": []}
    assert told(brand) == ["ada@example.com", "bob@example.com"]


def test_many_who_wait_are_mailed_by_several_deliveries(
    brand: Brand, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restock_requests, "BATCH", 3)
    mug = goods(brand, 0)
    everybody = [f"buyer-{number}@example.com" for number in range(8)]
    wait_for(brand, mug, *everybody)
    Keeper.of(brand).move(mug, "in", 1)
    assert deliver(bus) == 3
    assert told(brand) == everybody


def test_what_was_sold_in_between_or_left_the_shop_is_waited_for_on(brand: Brand, bus: Bus) -> None:
    keeper = Keeper.of(brand)
    mug, lamp = goods(brand, 0), goods(brand, 0, "Lamp")
    for each in (mug, lamp):
        wait_for(brand, each, "ada@example.com")
        keeper.move(each, "in", 1)
    keeper.move(mug, "out", 1)
    archive(brand, lamp)
    deliver(bus)
    assert told(brand) == []
    keeper.move(mug, "in", 1)
    deliver(bus)
    assert told(brand) == ["ada@example.com"]
    states = rows(brand, "SELECT state FROM inventory.restock_requests ORDER BY state")
    assert [row.state for row in states] == ["told", "waiting"]


def test_another_brands_stock_tells_nobody_here(brand: Brand, another_brand: Brand, bus: Bus) -> None:
    mug, theirs = goods(brand, 0), goods(another_brand, 0)
    wait_for(brand, mug, "ada@example.com")
    Keeper.of(another_brand).move(theirs, "in", 1)
    deliver(bus)
    assert (told(brand), told(another_brand)) == ([], [])
