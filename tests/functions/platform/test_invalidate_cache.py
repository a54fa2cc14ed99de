"""POST /v1/admin/performance/cache/invalidate."""

from datetime import timedelta
from typing import Any

import pytest

from functions.platform.invalidate_cache import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.cache import remember
from shared.platform.work import begin
from tests.accounts import headers, signed_in
from tests.deeds import log
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer", "bus")
PATH = "/v1/admin/performance/cache/invalidate"


def ask(brand: Brand, prefix: Any, role: Role = Role.MANAGER) -> Answer:
    return call(handler, "POST", PATH, {"prefix": prefix}, headers=signed_in(brand, role))


def recall(brand: Brand, value: int) -> int:
    with begin(brand, "test") as work:
        return int(remember(work, "analytics:kpis", lambda: value, ttl=timedelta(hours=1)))


def test_what_lies_below_is_computed_anew_and_the_deed_is_written(brand: Brand) -> None:
    assert recall(brand, 1) == recall(brand, 2) == 1
    answer = ask(brand, "analytics")
    assert (answer.status, answer.body) == (200, {"prefix": "analytics", "version": 1})
    assert recall(brand, 3) == 3
    [entry] = log(brand)
    assert (entry["action"], entry["resource"]) == ("platform.invalidate_cache", {"prefix": "analytics"})


@pytest.mark.parametrize("prefix", ["", "analytics:", "An", "a b", "x" * 65, None, 1])
def test_what_is_no_prefix_is_refused(brand: Brand, prefix: Any) -> None:
    assert ask(brand, prefix).status == 422


def test_another_brands_cache_stays(brand: Brand, another_brand: Brand) -> None:
    recall(another_brand, 1)
    ask(brand, "analytics")
    assert recall(another_brand, 2) == 1


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_managers_may(brand: Brand, role: Role) -> None:
    assert ask(brand, "analytics", role).status == 403
    assert call(handler, "POST", PATH, {"prefix": "a"}, headers=headers(brand)).status == 401
