"""POST /v1/auth/validate-email."""

import pytest
from psycopg import connect

from functions.identity import validate_email
from functions.identity.validate_email import handler
from shared.identity.permissions import Role
from shared.migrations.provision import DatabaseUrls
from shared.platform import brands
from shared.platform.brands import Brand
from tests.accounts import customer_account, headers, session_of, signed_in
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer")


def check(sent: dict[str, str], email: str) -> Answer:
    return call(handler, "POST", "/v1/auth/validate-email", {"email": email}, headers=sent)


@pytest.mark.parametrize(
    ("email", "valid", "disposable", "suggestions"),
    [
        ("ada@example.com", True, False, []),
        ("Ada.Byron+shop@gmail.com", True, False, []),
        ("ada@gmial.com", True, True, ["ada@gmail.com"]),
        ("ada@hotmial.fr", True, False, ["ada@hotmail.fr"]),
        ("ada@gmail.con", True, False, ["ada@gmail.com"]),
        ("ada@yaho.fr", True, False, ["ada@yahoo.fr"]),
        ("ada@entreprise.con", True, False, ["ada@entreprise.com"]),
        ("ada@gmailcom", False, False, ["ada@gmail.com"]),
        ("ada@mailinator.com", True, True, []),
        ("ada@eu.mailinator.com", True, True, []),
        ("ada@münchen.de", True, False, []),
        ("not an address", False, False, []),
        ("ada@localhost", False, False, []),
        ("ada@example..com", False, False, []),
        ("аda@example.com", False, False, []),
        ('"ada byron"@example.com', False, False, []),
        ("ada@example.com\r\nBcc: eve@example.com", False, False, []),
    ],
)
def test_an_address_is_looked_at(
    brand: Brand, email: str, valid: bool, disposable: bool, suggestions: list[str]
) -> None:
    answer = check(headers(brand), email)
    assert answer.status == 200
    assert (answer.body["valid"], answer.body["disposable"], answer.body["suggestions"]) == (
        valid,
        disposable,
        suggestions,
    )
    assert (answer.body["reason"] is None) == valid


def test_only_an_admin_learns_whether_an_account_has_it(brand: Brand, another_brand: Brand) -> None:
    known = customer_account(brand).email
    for sent in (headers(brand), *(signed_in(brand, role) for role in (Role.MEMBER, Role.MANAGER))):
        assert check(sent, known).body["available"] is None
    admin = signed_in(brand, Role.ADMIN)
    assert check(admin, known.upper()).body["available"] is False
    assert check(admin, "new@example.com").body["available"] is True
    foreign = session_of(another_brand, customer_account(another_brand)).access_token
    assert check(headers(brand, foreign), known).status == 401


def test_the_dns_is_asked_where_the_brand_wants_it(
    brand: Brand, database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def receives_mail(email: str) -> bool:
        asked.append(email)
        return False

    monkeypatch.setattr(validate_email, "receives_mail", receives_mail)
    assert check(headers(brand), "ada@example.com").body["receives_mail"] is None
    assert asked == []
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute("""UPDATE platform.brands SET settings = '{"check_mx": true}'""")
    brands.forget()
    assert check(headers(brand), "ada@example.com").body["receives_mail"] is False
    assert check(headers(brand), "not an address").body["receives_mail"] is None
    assert asked == ["ada@example.com"]
