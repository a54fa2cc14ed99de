"""A guest sees their order by the link that was mailed to them."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from functions.orders.get_guest_order import handler
from shared.orders.links import LIFETIME, make_link
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.functions.orders.conftest import Bought, Desk
from tests.gateway import Answer, call
from tests.people import rows
from tests.till import Clock


def token_of(desk: Desk, bought: Bought) -> str:
    with begin(desk.brand, "test") as work:
        link = make_link(work, bought.now.id)
    return parse_qs(urlsplit(link).query)["token"][0]


def look(brand: Brand, token: str) -> Answer:
    return call(
        handler,
        "GET",
        f"/v1/store/orders/{token}",
        headers={"x-brand": brand.slug},
        path_params={"token": token},
    )


def test_the_link_opens_one_order_for_a_week(desk: Desk, another_brand: Brand, at: Clock) -> None:
    bought = desk.paid(1)
    desk.paid(1)
    token = token_of(desk, bought)
    answer = look(desk.brand, token)
    assert (answer.status, answer.body["id"], answer.body["can_withdraw"]) == (200, bought.id, True)
    assert answer.headers["cache-control"] == "no-store"
    assert "notes" not in answer.body
    for wrong in (token[:-1], token + "x", "x", "\u00e9" * 40, "lookup"):
        assert look(desk.brand, wrong).code == "order_link_invalid"
    assert look(another_brand, token).code == "order_link_invalid"
    at.move(seconds=(LIFETIME + timedelta(seconds=1)).total_seconds())
    assert look(desk.brand, token).code == "order_link_invalid"


def test_only_its_hash_is_kept(desk: Desk) -> None:
    token = token_of(desk, desk.paid(1))
    [row] = rows(desk.brand, "SELECT token_hash FROM orders.order_links")
    assert token.encode() not in row.token_hash
