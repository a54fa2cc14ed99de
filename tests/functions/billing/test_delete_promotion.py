"""DELETE /v1/admin/promotions/{promotion_id}."""

import pytest

from shared.identity.permissions import Role
from shared.orders.cancellation import cancel_unpaid, lock_with_cart
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.buyers import Buyer, for_sale
from tests.promoting import Promoter, apply, counted, discount
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_deleted_promotion_is_gone_with_its_codes_and_its_log_stays(brand: Brand, till: Till) -> None:
    staff = Promoter.of(brand)
    made = staff.make(max_uses=5)
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand, price=1000))
    apply(buyer, "TEN")
    order = buyer.check_out().body["order"]
    assert staff.do("delete_promotion", promotion_id=made["id"]).status == 204
    assert staff.do("get_promotion", promotion_id=made["id"]).status == 404
    assert staff.do("delete_promotion", promotion_id=made["id"]).status == 404
    assert staff.do("list_promotions").body["data"] == []
    cart = buyer.look()
    assert (cart.body["problems"][0]["code"], discount(cart)) == ("promotion_unknown", 0)
    assert counted(brand, made) == (1, 1, 1)
    with begin(brand, "test") as work:
        waiting = lock_with_cart(work, order["id"])
        assert waiting is not None
        cancel_unpaid(work, waiting, by="test", reason="unpaid")
    assert counted(brand, made) == (0, 0, 1)
    assert staff.make()["code"] == "TEN"


def test_by_managers_of_the_brand(brand: Brand, another_brand: Brand) -> None:
    made = Promoter.of(brand).make()
    for other, status in ((Promoter.of(brand, Role.SUPPORT), 403), (Promoter.of(another_brand), 404)):
        assert other.do("delete_promotion", promotion_id=made["id"]).status == status
