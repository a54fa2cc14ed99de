"""POST /v1/admin/promotions/{promotion_id}/codes."""

from typing import Any

import pytest

from functions.platform.get_job import handler as get_job
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.promoting import Promoter

pytestmark = pytest.mark.usefixtures("issuer")


def test_a_job_is_opened_that_staff_can_look_after(brand: Brand) -> None:
    staff = Promoter.of(brand)
    made = staff.make(code=None)
    answer = staff.do(
        "create_promotion_codes", {"count": 10_000, "prefix": "spring"}, promotion_id=made["id"]
    )
    assert (answer.status, answer.body["status"]) == (202, "waiting")
    job = staff.person.call(get_job, "GET", "/v1/admin/jobs/{job_id}", job_id=answer.body["id"])
    assert (job.body["kind"], job.body["status"]) == ("promotions.codes", "waiting")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"count": 0},
        {"count": 10_001},
        {"count": 1.5},
        {"count": 1, "prefix": "sp ring"},
        {"count": 1, "prefix": "-a"},
        {"count": 1, "prefix": "a" * 21},
    ],
)
def test_nonsense_is_refused(brand: Brand, body: dict[str, Any]) -> None:
    staff = Promoter.of(brand)
    answer = staff.do("create_promotion_codes", body, promotion_id=staff.make()["id"])
    assert (answer.status, answer.code) == (422, "validation_failed")


def test_what_applies_by_itself_has_none(brand: Brand) -> None:
    staff = Promoter.of(brand)
    itself = staff.make(code=None, is_auto_apply=True)
    answer = staff.do("create_promotion_codes", {"count": 1}, promotion_id=itself["id"])
    assert (answer.status, answer.code) == (422, "promotion_inconsistent")


def test_by_managers_of_the_brand(brand: Brand, another_brand: Brand) -> None:
    made = Promoter.of(brand).make()
    for other, status in ((Promoter.of(brand, Role.SUPPORT), 403), (Promoter.of(another_brand), 404)):
        assert other.do("create_promotion_codes", {"count": 1}, promotion_id=made["id"]).status == status
