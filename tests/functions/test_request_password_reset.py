"""POST /v1/auth/password/forgot."""

import pytest

from functions.identity.request_password_reset import handler
from shared.identity import passwords
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import customer_account
from tests.gateway import Answer, Bus
from tests.mailbox import Post
from tests.ways_in import post as send
from tests.ways_in import register

pytestmark = pytest.mark.usefixtures("issuer")


def forgot(brand: Brand, email: str, ip: str = "192.0.2.1") -> Answer:
    return send(handler, "/v1/auth/password/forgot", brand, {"email": email}, source_ip=ip)


def test_the_owner_is_mailed_a_link_at_the_address_that_was_proved(brand: Brand, post: Post) -> None:
    customer_account(brand, "Ada@maison.example")
    assert forgot(brand, "ａda@MAISON.example").status == 202
    [mail] = post(brand)
    assert (mail.template, mail.to) == ("password_reset", "Ada@maison.example")
    assert mail.variables["minutes"] == 60
    assert mail.token not in mail.stored


def test_everybody_is_answered_alike_by_the_same_path(
    brand: Brand, another_brand: Brand, post: Post, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = customer_account(brand)
    elsewhere = customer_account(another_brand)
    monkeypatch.setattr(passwords, "hash_password", None)
    monkeypatch.setattr(passwords, "verify", None)
    emails = [known.email, "nobody@maison.example", elsewhere.email, "not an address"]
    answers = [forgot(brand, email) for email in emails]
    assert {(answer.status, str(answer.body)) for answer in answers} == {(202, "{'accepted': True}")}
    assert {str(sorted(set(answer.headers) - {"x-request-id"})) for answer in answers} == {
        str(sorted(set(answers[0].headers) - {"x-request-id"}))
    }
    with begin(brand, "test") as work:
        assert work.value("SELECT count(*) FROM identity.link_requests") == len(emails)
        assert work.value("SELECT count(*) FROM platform.outbox_events") == len(emails)
        assert work.value("SELECT count(*) FROM identity.one_time_tokens") == 0
    assert [mail.to for mail in post(brand)] == [known.email]
    assert post(another_brand) == []


def test_an_address_whose_letters_only_look_alike_is_another_one(brand: Brand, post: Post) -> None:
    customer_account(brand, "ada@maison.example")
    for look_alike in (
        "аda@maison.example",
        "ada@mаison.example",
        "adа@maison.example",
        "ada@maıson.example",
    ):
        assert forgot(brand, look_alike).status == 202
    assert post(brand) == []


def test_a_header_cannot_be_smuggled_into_the_mail(brand: Brand, post: Post) -> None:
    customer_account(brand, "ada@maison.example")
    for email in ("ada@maison.example\r\nBcc: eve@evil.example", "ada@maison.example%0aBcc:eve@evil.example"):
        forgot(brand, email)
    assert post(brand) == []


def test_one_mailbox_is_not_flooded_from_many_addresses(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    for number in range(15):
        assert forgot(brand, account.email, f"198.51.100.{number}").status == 202
    assert len(post(brand)) == 10


def test_who_has_not_verified_their_address_is_mailed_too(brand: Brand, post: Post) -> None:
    register(brand, "ada@maison.example")
    forgot(brand, "ada@maison.example")
    assert {mail.template for mail in post(brand)} == {"email_verification", "password_reset"}
