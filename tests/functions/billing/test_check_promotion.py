"""POST /v1/store/promotions/check."""

from typing import Any
from uuid import uuid4

import pytest

from functions.billing.check_promotion import handler
from shared.platform import aws, limits, settings
from shared.platform.brands import Brand
from tests.buyers import Buyer, for_sale
from tests.gateway import call
from tests.promoting import Promoter, apply, check, euros, somebody
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")


def shopper(brand: Brand) -> Buyer:
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand, price=2000), 2)
    return buyer


def figures(body: dict[str, Any]) -> tuple[int, int, int]:
    return tuple(body[name]["amount"] for name in ("initial", "discount", "final"))


def test_a_code_that_holds_is_answered_with_what_it_gives(brand: Brand) -> None:
    Promoter.of(brand).make()
    buyer = shopper(brand)
    before = buyer.look().body
    answer = check(buyer, " ten")
    assert (answer.status, answer.body["valid"], answer.body["reason"]) == (200, True, None)
    assert (answer.body["initial"], answer.body["discount"], answer.body["final"]) == (
        euros(4000),
        euros(400),
        euros(3600),
    )
    assert buyer.look().body == before
    totals = apply(buyer, "TEN").body["totals"]
    assert (totals["subtotal"], totals["discount"]) == (euros(4000), euros(400))


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"code": "OTHER"}, "unknown"),
        ({"is_active": False}, "inactive"),
        ({"starts_at": "2199-01-01T00:00:00Z"}, "not_started"),
        ({"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-02-01T00:00:00Z"}, "expired"),
        ({"budget": euros(399)}, "exhausted"),
        ({"applies_to": "both"}, "not_applicable"),
        ({"minimum_amount": euros(5000)}, "not_applicable"),
    ],
)
def test_a_code_that_does_not_hold_is_answered_with_the_reason(
    brand: Brand, terms: dict[str, Any], reason: str
) -> None:
    Promoter.of(brand).make(**terms)
    body = check(shopper(brand), "TEN").body
    assert (body["valid"], body["reason"], figures(body)) == (False, reason, (4000, 0, 4000))
    assert body["message"].startswith("“TEN”")
    assert body["minimum"] == terms.get("minimum_amount")


def test_used_up_and_used_already_are_told_apart(brand: Brand, till: Till) -> None:
    staff = Promoter.of(brand)
    staff.make(max_uses_per_user=1)
    staff.make(code="LAST", max_uses=1)
    address = somebody()
    for code in ("TEN", "LAST"):
        assert shopper(brand).check_out(promotion_codes=[code], email=address).status == 201
    buyer = shopper(brand)
    assert check(buyer, "LAST").body["reason"] == "exhausted"
    assert check(buyer, "TEN").body["valid"]
    assert check(buyer, "TEN", email=address.upper()).body["reason"] == "already_used"


def test_what_the_cart_has_already_is_counted_with_it(brand: Brand) -> None:
    staff = Promoter.of(brand)
    staff.make(stackable=True)
    staff.make(code="FIVE", type="fixed", value=euros(500), stackable=True)
    staff.make(code="ONE", value=1)
    buyer = shopper(brand)
    apply(buyer, "TEN")
    assert figures(check(buyer, "FIVE").body) == (4000, 900, 3100)
    outdone = check(buyer, "ONE").body
    assert (outdone["valid"], outdone["reason"], figures(outdone)) == (
        False,
        "not_combined",
        (4000, 400, 3600),
    )


def test_only_by_who_holds_the_carts_token(brand: Brand, another_brand: Brand) -> None:
    buyer = shopper(brand)
    body = {"code": "TEN", "cart_id": buyer.cart_id}
    path = "/v1/store/promotions/check"
    bare = call(handler, "POST", path, body, headers={"x-brand": brand.slug})
    assert (bare.status, bare.code) == (401, "cart_token_missing")
    for other in (Buyer(another_brand, buyer.cart_id, buyer.token), Buyer.of(brand)):
        assert call(handler, "POST", path, body, headers=other.headers).code == "cart_not_found"


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({}, None),
        ({"code": "OTHER"}, "unknown"),
        ({"is_active": False}, "inactive"),
        ({"starts_at": "2199-01-01T00:00:00Z"}, "not_started"),
        ({"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-02-01T00:00:00Z"}, "expired"),
        ({"applies_to": "both"}, "not_applicable"),
        ({"minimum_amount": euros(5000)}, None),
    ],
)
def test_before_anything_is_in_a_cart_a_page_asks_whether_a_code_holds(
    brand: Brand, another_brand: Brand, terms: dict[str, Any], reason: str | None
) -> None:
    Promoter.of(brand).make(**terms)
    path = "/v1/store/promotions/check"
    body = call(handler, "POST", path, {"code": " ten"}, headers={"x-brand": brand.slug}).body
    assert (body["valid"], body["reason"], figures(body)) == (reason is None, reason, (0, 0, 0))
    assert body["minimum"] == terms.get("minimum_amount")
    elsewhere = call(handler, "POST", path, {"code": "TEN"}, headers={"x-brand": another_brand.slug}).body
    assert elsewhere["reason"] == "unknown"


def test_who_has_used_a_code_is_told_so_without_a_cart(brand: Brand, till: Till) -> None:
    Promoter.of(brand).make(max_uses_per_user=1)
    address = somebody()
    assert shopper(brand).check_out(promotion_codes=["TEN"], email=address).status == 201
    for email, reason in ((address.upper(), "already_used"), (somebody(), None)):
        body = {"code": "TEN", "email": email}
        answer = call(handler, "POST", "/v1/store/promotions/check", body, headers={"x-brand": brand.slug})
        assert (answer.status, answer.body["reason"]) == (200, reason)


def test_for_a_cart_or_a_plan(brand: Brand) -> None:
    buyer = shopper(brand)
    plan = str(uuid4())
    assert check(buyer, "TEN", cart_id=None, plan_id=plan).code == "plan_not_found"
    for body in ({"plan_id": plan}, {"email": "nobody"}, {"odd": 1}):
        answer = check(buyer, "TEN", **body)
        assert (answer.status, answer.code) == (422, "validation_failed")
    for code in ("", 5, "A" * 65):
        answer = check(buyer, code)
        assert (answer.status, answer.code) == (422, "validation_failed")


def test_who_tries_codes_by_the_hundred_is_stopped_wherever_they_try(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = shopper(brand)
    counters: dict[str, int] = {}

    def count(service: str, operation: str, body: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
        key = body["Key"]["client"]["S"]
        counters[key] = counters.get(key, 0) + int(body["ExpressionAttributeValues"][":share"]["N"])
        return {"Attributes": {"spent": {"N": str(counters[key])}}}

    monkeypatch.setenv("LIMITS_TABLE", "limits")
    settings.forget()
    monkeypatch.setattr(aws, "call", count)
    brand.settings["limits"] = {"cart.write": 10_000, "anonymous.write": 10_000}
    tried = 0
    for each in range(200):
        codes = [f"CODE{each}-{n}" for n in range(20)]
        answer = buyer.preview(promotion_codes=codes) if each % 2 else check(buyer, codes[0])
        if answer.status == 429:
            break
        tried += len(codes) if each % 2 else 1
    settings.forget()
    assert answer.code == "too_many_requests"
    assert 50 <= tried <= limits.DEFAULTS["guesses"].amount
