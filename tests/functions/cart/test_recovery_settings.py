"""What a brand chooses about recovery, by PATCH /v1/admin/settings."""

from typing import Any

import pytest

from functions.identity.change_settings import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.gateway import Answer
from tests.leavers import filled, scan, steps
from tests.people import Person
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer", "bus")


def change(brand: Brand, **recovery: Any) -> Answer:
    admin = Person.staff(brand, Role.ADMIN)
    return admin.call(handler, "PATCH", "/v1/admin/settings", {"recovery": recovery})


def test_what_is_chosen_holds_at_once_and_the_rest_is_the_house_s(brand: Brand, at: Clock) -> None:
    told = change(brand, delays_minutes=[15, 60], abandoned_after_minutes=30).body["recovery"]
    assert told == {
        "abandoned_after_minutes": 30,
        "delays_minutes": [15, 60],
        "hold_out_percent": 0,
        "expires_after_days": 90,
    }
    buyer = filled(brand)
    at.move(minutes=30)
    scan()
    assert steps(brand, buyer) == [None, None]


@pytest.mark.parametrize(
    "wish",
    [
        {"delays_minutes": [60, 30]},
        {"delays_minutes": [30, 30]},
        {"delays_minutes": [1, 2, 3, 4]},
        {"delays_minutes": [0]},
        {"hold_out_percent": 101},
        {"abandoned_after_minutes": 0},
        {"expires_after_days": 1},
        {"unknown": 1},
    ],
)
def test_what_cannot_be_meant_is_refused(brand: Brand, wish: dict[str, Any]) -> None:
    assert change(brand, **wish).status == 422
