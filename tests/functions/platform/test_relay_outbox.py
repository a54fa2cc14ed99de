"""Every 1 minute: relay_outbox"""

from functions.platform.relay_outbox import handler
from shared.kernel.ids import new_id
from shared.notifications.events import MailQueuedV1
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Bus


def test_what_waits_is_published_once_and_counted(brand: Brand, another_brand: Brand, bus: Bus) -> None:
    for each in (brand, another_brand):
        with begin(each, "test") as work:
            work.tell(MailQueuedV1(mail_id=new_id(work.now)))
    assert handler({}) == {"job": "relay_outbox", "processed": 2, "failed": 0, "finished": True}
    assert {detail["brand_id"] for detail in bus.details} == {str(brand.id), str(another_brand.id)}
    assert handler({})["processed"] == 0


def test_a_bus_that_is_down_costs_nothing_but_time(brand: Brand, bus: Bus) -> None:
    with begin(brand, "test") as work:
        work.tell(MailQueuedV1(mail_id=new_id(work.now)))
    bus.down = True
    assert handler({})["failed"] == 1
    assert bus.details == []
