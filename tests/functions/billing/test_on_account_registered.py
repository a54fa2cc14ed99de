"""account.registered, at the payment provider."""

from typing import Any
from uuid import UUID

import pytest

from functions.billing.on_account_registered import handler
from shared.identity import payers
from shared.identity.accounts import create_customer_account
from shared.identity.events import AccountRegisteredV1
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import PASSWORD
from tests.functions.billing.conftest import Shop
from tests.gateway import Bus, batch


def registered(shop: Shop, email: str = "ada@demo.test") -> tuple[UUID, dict[str, Any]]:
    """A buyer with an account, and the fact of it as it is delivered."""
    with begin(shop.brand, "test") as work:
        user_id, _ = create_customer_account(work, email, PASSWORD, "Ada", "Byron")
        customer_id = work.value("SELECT id FROM identity.customers WHERE user_id = %(id)s", id=user_id)
        work.tell(AccountRegisteredV1(user_id=user_id, customer_id=customer_id), key=str(user_id))
    shop.bus.relay()
    return customer_id, shop.bus.of("account.registered")[-1]


def stripe_id(brand: Brand, customer_id: UUID) -> str | None:
    with begin(brand, "test") as work:
        found = payers.payer(work, customer_id)
    assert found is not None
    name: str | None = found.stripe_customer_id
    return name


def deliver(detail: dict[str, Any], times: int = 1) -> list[Any]:
    return handler(batch([detail] * times), None)["batchItemFailures"]  # type: ignore[no-any-return]


def test_a_customer_made_before_stripe_forgot_the_key_is_found_and_not_made_again(shop: Shop) -> None:
    customer_id, fact = registered(shop)
    assert deliver(fact) == []
    with begin(shop.brand, "test") as work:
        work.run(
            "UPDATE identity.customers SET stripe_customer_id = NULL, created_at = created_at - interval '1 day'"
        )
        work.run("DELETE FROM platform.inbox")
    shop.account.control(requests={"mode": "error", "match": "POST"})
    assert deliver(fact) == []
    made = shop.account.client.v1.customers.list({"email": "ada@demo.test"}).data
    assert [one.id for one in made] == [stripe_id(shop.brand, customer_id)]
    shop.account.control(reset=True)


def test_stripe_knows_who_registered(shop: Shop) -> None:
    customer_id, fact = registered(shop)
    assert deliver(fact) == []
    made = shop.account.client.v1.customers.retrieve(stripe_id(shop.brand, customer_id) or "")
    assert (made.email, made.name) == ("ada@demo.test", "Ada Byron")
    assert made.metadata is not None
    assert made.metadata.to_dict() == {"brand": shop.brand.slug, "customer_id": str(customer_id)}


def test_a_repeated_delivery_makes_no_second_customer(shop: Shop) -> None:
    customer_id, fact = registered(shop, "twice@demo.test")
    assert deliver(fact, 3) == []
    assert deliver(fact) == []
    found = shop.account.client.v1.customers.list({"email": "twice@demo.test"}).data
    assert [each.id for each in found] == [stripe_id(shop.brand, customer_id)]


def test_a_silent_provider_is_asked_again_and_makes_one(shop: Shop) -> None:
    customer_id, fact = registered(shop, "silent@demo.test")
    shop.account.control(requests={"mode": "drop", "match": "POST /v1/customers"})
    assert len(deliver(fact)) == 1
    assert stripe_id(shop.brand, customer_id) is None
    assert deliver(fact) == []
    found = shop.account.client.v1.customers.list({"email": "silent@demo.test"}).data
    assert [each.id for each in found] == [stripe_id(shop.brand, customer_id)]


@pytest.mark.parametrize("mode", ["broken", "error_after"])
def test_a_500_that_stripe_keeps_under_its_key_hinders_nobody(shop: Shop, mode: str) -> None:
    customer_id, fact = registered(shop, "broken@demo.test")
    shop.account.control(requests={"mode": mode, "match": "POST /v1/customers"})
    assert deliver(fact) == []
    found = shop.account.client.v1.customers.list({"email": "broken@demo.test"}).data
    ours = [each.id for each in found if each.metadata and each.metadata["customer_id"] == str(customer_id)]
    assert ours == [stripe_id(shop.brand, customer_id)]


def test_nobody_is_told_of_somebody_who_has_gone(shop: Shop, bus: Bus) -> None:
    customer_id, fact = registered(shop, "gone@demo.test")
    with begin(shop.brand, "test") as work:
        work.run("DELETE FROM identity.customers WHERE id = %(id)s", id=customer_id)
    assert deliver(fact) == []
    assert shop.account.client.v1.customers.list({"email": "gone@demo.test"}).data == []
