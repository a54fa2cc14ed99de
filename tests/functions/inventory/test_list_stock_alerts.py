"""GET /v1/admin/inventory/alerts: what ran low or out, until it is over."""

import pytest

from functions.inventory.list_stock_alerts import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.accounts import signed_in
from tests.gateway import call
from tests.warehouse import STOCK, Keeper, goods, kinds_told, told

pytestmark = pytest.mark.usefixtures("issuer")


def test_an_alert_is_raised_worsens_and_is_over_and_each_change_is_told_once(brand: Brand) -> None:
    mug, keeper = goods(brand, 5), Keeper.of(brand)
    keeper.set(mug, low_threshold=2)
    keeper.move(mug, "out", 3)
    assert keeper.alerts() == [("low", "open")]
    keeper.move(mug, "out", 1)
    assert kinds_told(brand) == ["stock.low"]
    keeper.move(mug, "out", 1)
    assert keeper.alerts() == [("out", "open")]
    keeper.move(mug, "in", 1)
    assert keeper.alerts() == [("low", "open")]
    keeper.move(mug, "in", 9)
    assert keeper.alerts() == []
    assert keeper.alerts(state="all") == [("low", "resolved"), ("out", "resolved"), ("low", "resolved")]
    assert kinds_told(brand) == ["stock.low", "stock.out", "stock.replenished", "stock.replenished"]
    ((_, low),) = told(brand, "stock.low")
    assert (low["variant_id"], low["available"], low["threshold"]) == (str(mug), 2, 2)


def test_an_alert_says_what_it_is_about(brand: Brand) -> None:
    mug, keeper = goods(brand, 1), Keeper.of(brand)
    keeper.move(mug, "out", 1)
    answer = call(handler, "GET", f"{STOCK}/alerts", headers=keeper.headers)
    (alert,) = answer.body["data"]
    assert (alert["variant_id"], alert["product_title"], alert["available"]) == (str(mug), "Mug", 0)
    assert (alert["threshold"], alert["resolved_at"]) == (None, None)


def test_alerts_can_be_narrowed_down(brand: Brand) -> None:
    keeper = Keeper.of(brand)
    mug, lamp = goods(brand, 1), goods(brand, 2, "Lamp")
    keeper.move(mug, "out", 1)
    keeper.set(lamp, low_threshold=2)
    assert keeper.alerts() == [("low", "open"), ("out", "open")]
    assert keeper.alerts(level="out") == [("out", "open")]
    assert keeper.alerts(variant_id=str(lamp)) == [("low", "open")]
    assert keeper.alerts(state="resolved") == []


def test_only_staff_look_and_only_at_their_own(brand: Brand, another_brand: Brand) -> None:
    other = Keeper.of(another_brand)
    other.move(goods(another_brand, 1), "out", 1)
    assert Keeper.of(brand, Role.SUPPORT).alerts() == []
    assert call(handler, "GET", f"{STOCK}/alerts", headers=signed_in(brand, Role.MEMBER)).status == 403
    assert call(handler, "GET", f"{STOCK}/alerts", headers={"x-brand": brand.slug}).status == 401
