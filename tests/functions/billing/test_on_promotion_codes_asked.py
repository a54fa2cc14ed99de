"""promotion_codes.asked: thousands of codes in one file, each of which serves once."""

import pytest

from functions.billing.on_promotion_codes_asked import handler
from functions.platform.get_job import handler as get_job
from shared.platform import steps
from shared.platform.brands import Brand
from tests.buyers import Buyer, for_sale
from tests.gateway import Bus, batch
from tests.killing import Killed
from tests.media import PRIVATE, Store
from tests.people import rows
from tests.promoting import Promoter, apply, discount, somebody
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")


def asked(
    staff: Promoter, bus: Bus, promotion_id: str, count: int, **more: str
) -> tuple[str, dict[str, str]]:
    """The id of a job, and what was told of it."""
    answer = staff.do("create_promotion_codes", {"count": count, **more}, promotion_id=promotion_id)
    [told] = [each for each in bus.relay() if each["type"] == "promotion_codes.asked"]
    return answer.body["id"], told


def drawn(brand: Brand, store: Store, job_id: str) -> list[str]:
    content = store.content(f"results/{brand.id}/{job_id}.csv", PRIVATE).decode()
    heading, *codes = content.split()
    assert heading == "code"
    return codes


def test_ten_thousand_are_drawn_once_and_can_be_fetched(brand: Brand, store: Store, bus: Bus) -> None:
    staff = Promoter.of(brand)
    made = staff.make(code=None)
    job_id, told = asked(staff, bus, made["id"], 10_000, prefix="spring")
    for _ in range(2):
        assert handler(batch([told]), None)["batchItemFailures"] == []
    codes = drawn(brand, store, job_id)
    assert len(set(codes)) == 10_000
    assert all(code.startswith("SPRING-") for code in codes)
    job = staff.person.call(get_job, "GET", "/v1/admin/jobs/{job_id}", job_id=job_id).body
    assert (job["status"], job["progress"]) == ("done", {"done": 10_000, "total": 10_000})
    assert job["result"]["file_name"].endswith(".csv")
    assert (staff.seen(made)["unique_codes"], staff.seen(made)["unique_codes_used"]) == (10_000, 0)
    itself = staff.do("change_promotion", {"is_auto_apply": True}, promotion_id=made["id"])
    assert (itself.status, itself.code) == (422, "promotion_inconsistent")
    assert staff.do("list_promotions", query={"q": codes[4711].lower()}).body["data"][0]["id"] == made["id"]


def test_each_serves_once(brand: Brand, store: Store, bus: Bus, till: Till) -> None:
    staff = Promoter.of(brand)
    made = staff.make(code=None)
    job_id, told = asked(staff, bus, made["id"], 2)
    handler(batch([told]), None)
    mug = for_sale(brand, price=1000)

    def buy(code: str) -> Buyer:
        buyer = Buyer.of(brand)
        buyer.add(mug)
        answer = apply(buyer, code)
        if answer.status == 201:
            assert discount(buyer.check_out(email=somebody())) == 100
        else:
            assert answer.code == "promotion_already_used"
        return buyer

    first, second = drawn(brand, store, job_id)
    buyer = buy(first.lower())
    assert buyer.look().body["can_checkout"], "its own order does not stand in its way"
    buy(first)
    buy(second)
    assert (staff.seen(made)["unique_codes_used"], staff.seen(made)["current_uses"]) == (2, 2)


@pytest.mark.parametrize("place", ["before_reach", "after_reach", "before_settle", "before_commit"])
def test_killed_anywhere_the_next_delivery_ends_with_as_many_codes(
    brand: Brand, store: Store, bus: Bus, place: str
) -> None:
    staff = Promoter.of(brand)
    job_id, told = asked(staff, bus, staff.make(code=None)["id"], 5)

    def die(name: str, function: str) -> None:
        if name == place:
            raise Killed

    steps.install(die)
    with pytest.raises(Killed):
        handler(batch([told]), None)
    steps.install(None)
    assert handler(batch([told]), None)["batchItemFailures"] == []
    kept = [row.code for row in rows(brand, "SELECT code FROM billing.promotion_codes ORDER BY code")]
    assert len(kept) == 5
    assert drawn(brand, store, job_id) == kept


def test_of_a_promotion_that_was_deleted_meanwhile_none_are_drawn(
    brand: Brand, store: Store, bus: Bus
) -> None:
    staff = Promoter.of(brand)
    made = staff.make(code=None)
    job_id, told = asked(staff, bus, made["id"], 5)
    staff.do("delete_promotion", promotion_id=made["id"])
    assert handler(batch([told]), None)["batchItemFailures"] == []
    job = staff.person.call(get_job, "GET", "/v1/admin/jobs/{job_id}", job_id=job_id).body
    assert (job["status"], job["problem"]) == ("failed", "promotion_deleted")
