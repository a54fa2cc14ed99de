"""PATCH /v1/admin/promotions/{promotion_id}."""

from typing import Any

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.buyers import Buyer, for_sale
from tests.deeds import log
from tests.promoting import Promoter, counted, euros, somebody
from tests.shop import category
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")


def used(brand: Brand, times: int, code: str = "TEN") -> None:
    """Orders of 20.00 EUR that use the code."""
    mug = for_sale(brand, 20, price=2000)
    for _ in range(times):
        buyer = Buyer.of(brand)
        buyer.add(mug)
        answer = buyer.check_out(promotion_codes=[code], email=somebody())
        assert answer.status == 201, answer.body


def test_what_is_left_out_stays(brand: Brand) -> None:
    staff = Promoter.of(brand)
    made = staff.make(max_uses=5, budget=euros(1000), metadata={"a": "b"}, ends_at="2199-01-01T00:00:00Z")
    changed = staff.change(made, name="Twelve", value=12)
    assert changed == made | {
        "name": "Twelve",
        "value": 12,
        "version": 2,
        "updated_at": changed["updated_at"],
    }
    emptied = staff.change(made, max_uses=None, ends_at=None, code=None, budget=[])
    assert [emptied[name] for name in ("max_uses", "ends_at", "code", "budget")] == [None, None, None, []]
    assert staff.change(made, type="fixed", value=euros(300))["value"] == [euros(300)]
    home = category(brand, "home")
    assert staff.change(made, category_ids=[str(home.id)])["category_ids"] == [str(home.id)]


def test_of_two_who_change_it_the_second_reads_it_again(brand: Brand) -> None:
    staff = Promoter.of(brand)
    made = staff.make()

    def change(version: int) -> Any:
        return staff.do("change_promotion", {"name": "N"}, version=version, promotion_id=made["id"])

    assert change(1).headers["etag"] == '"2"'
    stale = change(1)
    assert (stale.status, stale.code, stale.body["version"]) == (412, "version_stale", 2)


def test_a_code_may_be_renamed_and_serves_under_its_new_name_alone(brand: Brand) -> None:
    staff = Promoter.of(brand)
    made, other = staff.make(), staff.make(code="OTHER")
    assert staff.change(made, code="eleven")["code"] == "ELEVEN"
    assert staff.change(other, code="TEN")["code"] == "TEN"
    taken = staff.do("change_promotion", {"code": "TEN"}, promotion_id=made["id"])
    assert (taken.status, taken.code) == (409, "promotion_code_taken")


def test_a_limit_begins_where_the_promotion_stands(brand: Brand, till: Till) -> None:
    staff = Promoter.of(brand)
    made = staff.make()
    used(brand, 2)
    assert counted(brand, made) == (0, 2, 2)
    assert staff.change(made, max_uses=3, budget=euros(600))["current_uses"] == 2
    assert counted(brand, made) == (2, 2, 2)
    used(brand, 1)
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    assert buyer.check_out(promotion_codes=["TEN"]).code == "promotion_exhausted"
    staff.change(made, max_uses=None)
    assert buyer.check_out(promotion_codes=["TEN"]).code == "promotion_exhausted", "the budget"
    staff.change(made, budget=[])
    assert buyer.check_out(promotion_codes=["TEN"]).status == 201


def test_a_limit_below_what_has_been_used_is_refused(brand: Brand, till: Till) -> None:
    staff = Promoter.of(brand)
    made = staff.make()
    used(brand, 2)
    few = staff.do("change_promotion", {"max_uses": 1}, promotion_id=made["id"])
    assert (few.status, few.code, few.body["used"]) == (409, "promotion_used_more", 2)
    little = staff.do("change_promotion", {"budget": euros(399)}, promotion_id=made["id"])
    assert (little.status, little.code, little.body["used"]) == (409, "promotion_used_more", euros(400))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "fixed"}, "promotion_inconsistent"),
        ({"is_auto_apply": True}, "promotion_inconsistent"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "promotion_inconsistent"),
        ({"name": None}, "validation_failed"),
        ({"value": None}, "validation_failed"),
        ({"odd": 1}, "validation_failed"),
    ],
)
def test_nonsense_is_refused(brand: Brand, body: dict[str, Any], code: str) -> None:
    staff = Promoter.of(brand)
    answer = staff.do("change_promotion", body, promotion_id=staff.make()["id"])
    assert (answer.status, answer.code) == (422, code)


def test_by_managers_of_the_brand_and_written_into_the_audit_log(brand: Brand, another_brand: Brand) -> None:
    staff = Promoter.of(brand)
    made = staff.make()
    for other, status in ((Promoter.of(brand, Role.SUPPORT), 403), (Promoter.of(another_brand), 404)):
        assert other.do("change_promotion", {"name": "N"}, promotion_id=made["id"]).status == status
    staff.change(made, name="Changed")
    [entry] = [each for each in log(brand) if each["action"] == "billing.change_promotion"]
    assert entry["changes"]["name"] == {"before": "Ten", "after": "Changed"}
