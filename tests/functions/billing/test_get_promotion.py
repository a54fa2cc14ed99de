"""GET /v1/admin/promotions/{promotion_id}."""

from uuid import uuid4

import pytest

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.promoting import Promoter

pytestmark = pytest.mark.usefixtures("issuer")


def test_support_sees_one_with_its_version(brand: Brand) -> None:
    made = Promoter.of(brand).make()
    answer = Promoter.of(brand, Role.SUPPORT).do("get_promotion", promotion_id=made["id"])
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, made, '"1"')


def test_what_is_not_here_is_not_found(brand: Brand, another_brand: Brand) -> None:
    theirs = Promoter.of(another_brand).make()
    for promotion_id in (theirs["id"], uuid4(), "nonsense"):
        assert Promoter.of(brand).do("get_promotion", promotion_id=promotion_id).status == 404
