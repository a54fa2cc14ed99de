"""Limits: shared counters, spent through leases; exact and closed for sign-in, open for the rest when the store is down."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform import aws, clock, limits, settings
from shared.platform.brands import Brand
from shared.platform.doors.reading import account_named
from shared.platform.http import HttpRequest
from tests.gateway import http_event

BRAND = Brand(UUID(int=1), "maison", "Maison", "fr", "Europe/Paris", "EUR", "")


class Table:
    """DynamoDB's UpdateItem ADD, and a clock."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.calls = 0
        self.down = False
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def call(self, service: str, operation: str, body: dict[str, Any], timeout: float = 0) -> dict[str, Any]:
        self.calls += 1
        if self.down:
            raise OSError("unreachable")
        key = body["Key"]["client"]["S"]
        self.spent[key] += int(body["ExpressionAttributeValues"][":share"]["N"])
        return {"Attributes": {"spent": {"N": str(self.spent[key])}}}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Table()
    monkeypatch.setenv("LIMITS_TABLE", "limits")
    settings.forget()
    monkeypatch.setattr(aws, "call", made.call)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    yield made
    settings.forget()


def spend(client: str = "198.51.100.7", limited_as: str = "anonymous", brand: Brand = BRAND) -> bool:
    try:
        limits.spend(brand, limited_as, client, "198.51.100.7", "write")
    except limits.TooManyRequests:
        return False
    return True


def test_a_client_gets_its_limit_and_not_one_more(table: Table) -> None:
    assert [spend() for _ in range(25)] == [True] * 20 + [False] * 5


def test_a_request_does_not_pay_for_a_call(table: Table) -> None:
    for _ in range(20):
        spend()
    assert table.calls == 10, "a lease is a tenth of the limit"


def test_who_asks_a_function_but_once_or_twice_costs_no_call_at_all(table: Table) -> None:
    for number in range(50):
        for _ in range(2):
            limits.spend(BRAND, "anonymous", f"reader-{number}", "198.51.100.7", "read")
    assert table.calls == 0


def test_the_next_window_is_a_new_one(table: Table) -> None:
    for _ in range(25):
        spend()
    table.now += timedelta(seconds=10)
    assert spend()


def test_clients_and_brands_do_not_share(table: Table) -> None:
    for _ in range(25):
        spend()
    assert spend(client="198.51.100.8")
    assert spend(brand=Brand(UUID(int=2), "other", "Other", "fr", "Europe/Paris", "EUR", ""))


def test_a_brand_may_choose_its_own(table: Table) -> None:
    chosen = {"limits": {"anonymous.write": 3}}
    strict = Brand(UUID(int=1), "maison", "Maison", "fr", "Europe/Paris", "EUR", "", chosen)
    assert [spend(brand=strict) for _ in range(5)] == [True] * 3 + [False] * 2


def test_many_carts_do_not_multiply_an_addresss_limit(table: Table) -> None:
    passed = sum(spend(client=f"cart-{n}", limited_as="cart") for n in range(1000))
    assert passed == 300


@given(st.lists(st.integers(0, 4), min_size=1, max_size=300))
def test_nobody_is_refused_early_and_overshoot_is_bounded_by_a_lease_for_each_warm_function(
    turns: list[int],
) -> None:
    # Five warm functions share the table; each keeps leases of its own.
    table, leases = Table(), [dict[str, Any]() for _ in range(5)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMITS_TABLE", "limits")
        settings.forget()
        patch.setattr(aws, "call", table.call)
        patch.setattr(clock, "now", lambda: table.now)
        passed = 0
        for function in turns:
            patch.setattr(limits, "_leases", leases[function])
            passed += spend()
    settings.forget()
    asked = len(turns)
    assert min(asked, 20) <= passed <= 20 + 5 * (2 - 1)


def test_sign_in_is_counted_exactly_per_account_and_address(table: Table) -> None:
    for _ in range(5):
        assert limits.spend_auth(BRAND, "ada@demo.test", "198.51.100.7")["ratelimit-limit"] == "5"
    with pytest.raises(limits.TooManyRequests) as caught:
        limits.spend_auth(BRAND, "ada@demo.test", "198.51.100.7")
    assert 1 <= caught.value.extra["retry_after"] <= 60
    exactly, among_the_address_s = 6, 1
    assert table.calls == exactly + among_the_address_s
    limits.spend_auth(BRAND, "ada@demo.test", "198.51.100.8")


def test_one_address_does_not_try_any_number_of_accounts(table: Table) -> None:
    passed = 0
    for number in range(200):
        with suppress(limits.TooManyRequests):
            limits.spend_auth(BRAND, f"somebody-{number}@demo.test", "198.51.100.7")
            passed += 1
    assert passed == 120
    limits.spend_auth(BRAND, "ada@demo.test", "198.51.100.8")


def test_all_addresses_of_one_subscriber_are_one_client(table: Table) -> None:
    for number in range(5):
        limits.spend_auth(BRAND, "ada@demo.test", f"2001:db8:1:2::{number:x}")
    with pytest.raises(limits.TooManyRequests):
        limits.spend_auth(BRAND, "ada@demo.test", "2001:db8:1:2:ffff::1")
    for number in range(20):
        limits.spend(BRAND, "anonymous", None, f"2001:db8:1:2::{number:x}", "write")
    with pytest.raises(limits.TooManyRequests):
        limits.spend(BRAND, "anonymous", None, "2001:db8:1:2:ffff::1", "write")
    limits.spend(BRAND, "anonymous", None, "2001:db8:1:3::1", "write")


def test_what_names_an_account_is_its_address_or_a_token_that_stands_for_it() -> None:
    def named(body: Any) -> str:
        return account_named(HttpRequest.from_event(http_event("POST", "/v1/auth/login", body)))

    assert named({"email": " ADA@demo.test"}) == named({"email": "ada@demo.test", "token": "x"})
    told = {named({"token": "one"}), named({"token": "two"}), named({"mfa_token": "three"})}
    assert len(told) == 3
    assert not {"one", "two", "three", ""} & told
    assert {named(body) for body in ("{", "[]", "{}", '{"token": 1}', '{"email": null}')} == {""}


def test_sign_in_is_closed_and_the_rest_open_when_the_store_is_down(table: Table) -> None:
    table.down = True
    with pytest.raises(limits.LimiterUnavailable):
        limits.spend_auth(BRAND, "ada@demo.test", "198.51.100.7")
    assert all(spend() for _ in range(100))
    assert table.calls < 100, "a store that is down is not asked by every request"


def test_the_answer_says_what_is_left(table: Table) -> None:
    said = limits.spend(BRAND, "anonymous", "c", "a", "write")
    assert said == {
        "ratelimit-limit": "20",
        "ratelimit-remaining": "19",
        "ratelimit-reset": "10",
        "x-ratelimit-limit": "20",
        "x-ratelimit-remaining": "19",
        "x-ratelimit-reset": "10",
    }
