"""Accounts and buyers' records: whose address is whose, and in which brand."""

import pytest

from shared.identity.accounts import EmailTaken, create_customer_account, create_staff, guest_customer
from shared.identity.passwords import WeakPassword
from shared.identity.permissions import Role
from shared.platform.brands import Brand
from shared.platform.work import Work, begin
from tests.accounts import PASSWORD, customer_account, staff_account


def count(work: Work) -> int:
    found: int = work.value("SELECT count(*) FROM identity.users")
    return found


def test_an_address_is_proved_once_in_a_brand_however_it_is_spelt(brand: Brand, another_brand: Brand) -> None:
    staff_account(brand, Role.ADMIN, "ada@maison.example")
    for spelling in ("ada@maison.example", "ADA@Maison.example", "ａda@maison.example"):
        with pytest.raises(EmailTaken):
            customer_account(brand, spelling)
    assert customer_account(another_brand, "ada@maison.example")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CREATOR, Role.PLATFORM])
def test_only_staff_roles_make_staff(brand: Brand, role: Role) -> None:
    with pytest.raises(ValueError, match="not a staff role"):
        staff_account(brand, role)


def test_a_weak_password_makes_no_account(brand: Brand) -> None:
    with begin(brand, "test") as work:
        with pytest.raises(WeakPassword):
            create_staff(work, "a@maison.example", "short", Role.ADMIN, "A")
        with pytest.raises(WeakPassword):
            create_customer_account(work, "a@maison.example", "x" * 129, "A", "B")
        assert count(work) == 0


def test_an_account_speaks_its_own_language_or_the_brands(brand: Brand) -> None:
    with begin(brand, "test") as work:
        create_customer_account(work, "a@maison.example", PASSWORD, "A", "B")
        create_customer_account(work, "b@maison.example", PASSWORD, "A", "B", locale="en")
        told = work.all(
            "SELECT u.locale, c.locale AS customers FROM identity.users u JOIN identity.customers c ON c.user_id = u.id"
        )
    assert sorted(map(tuple, told)) == [("en", "en"), ("fr", "fr")]


def test_a_guest_is_known_again_by_the_address_and_keeps_the_first_names(brand: Brand) -> None:
    with begin(brand, "test") as work:
        first = guest_customer(work, "Guest@maison.example", "Grace", "Hopper")
        again = guest_customer(work, "guest@maison.example", "Mallory", "X")
        assert first == again
        assert work.value("SELECT first_name FROM identity.customers WHERE id = %(id)s", id=first) == "Grace"


def test_a_guest_who_types_an_accounts_address_does_not_become_it(brand: Brand) -> None:
    account = customer_account(brand)
    with begin(brand, "test") as work:
        guest = guest_customer(work, account.email, "Mallory", "X")
        assert work.value("SELECT user_id FROM identity.customers WHERE id = %(id)s", id=guest) is None


def test_another_brand_sees_no_account_no_session_and_no_buyer(brand: Brand, another_brand: Brand) -> None:
    customer_account(brand)
    staff_account(brand, Role.ADMIN)
    with begin(another_brand, "test") as work:
        for table in ("users", "memberships", "customers", "sessions", "refresh_tokens"):
            assert work.value(f"SELECT count(*) FROM identity.{table}") == 0
        assert work.run("UPDATE identity.users SET name = 'x'") == 0
        assert work.run("DELETE FROM identity.customers") == 0
