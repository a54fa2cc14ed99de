"""Roles and permissions: one ladder, each permission granted once."""

from collections import Counter
from itertools import pairwise

import pytest

from shared.identity.permissions import GRANTS, STAFF, Role, least_role, may, permissions_of


def test_each_role_may_do_all_that_the_one_before_it_may() -> None:
    ladder = list(Role)
    for lower, higher in pairwise(ladder):
        assert permissions_of(lower) <= permissions_of(higher)


def test_every_role_is_in_the_table() -> None:
    assert list(GRANTS) == list(Role)


def test_a_permission_is_granted_in_one_place() -> None:
    counted = Counter(permission for added in GRANTS.values() for permission in added)
    assert all(count == 1 for count in counted.values())


def test_the_least_role_may_and_the_one_below_it_may_not() -> None:
    ladder = list(Role)
    for permission in permissions_of(Role.PLATFORM):
        least = least_role(permission)
        assert may(least, permission)
        assert not any(may(lower, permission) for lower in ladder[: ladder.index(least)])


def test_a_permission_nobody_has_is_a_mistake() -> None:
    with pytest.raises(LookupError):
        least_role("orders:teleport")


def test_support_reads_orders_and_stock_and_a_member_does_not() -> None:
    for permission in ("orders:read", "inventory:read", "health:read"):
        assert least_role(permission) is Role.SUPPORT
        assert not may(Role.CREATOR, permission)
    assert Role.MEMBER not in STAFF
    assert Role.CREATOR not in STAFF
