"""GET /v1/admin/users/{user_id}."""

from uuid import uuid4

import pytest

from functions.identity.get_user import handler
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/admin/users/{user_id}"


def test_a_user_is_shown_without_secrets(brand: Brand) -> None:
    ada = Person.member(brand)
    answer = Person.staff(brand, Role.MANAGER).call(handler, "GET", PATH, user_id=ada.id)
    assert (answer.status, answer.body["email"], answer.headers["etag"]) == (200, ada.account.email, '"1"')
    assert "argon2" not in str(answer.body)


def test_nobody_elses_user_is_there(brand: Brand, another_brand: Brand) -> None:
    ada = Person.member(brand)
    for user_id in (ada.id, uuid4()):
        answer = Person.staff(another_brand, Role.ADMIN).call(handler, "GET", PATH, user_id=user_id)
        assert (answer.status, answer.code) == (404, "user_not_found")
    assert ada.call(handler, "GET", PATH, user_id=ada.id).status == 403
