"""POST /v1/auth/magic-link."""

import pytest

from functions.identity.request_magic_link import handler
from shared.platform.brands import Brand
from tests.accounts import customer_account
from tests.gateway import Answer
from tests.mailbox import Post
from tests.ways_in import post as send

pytestmark = pytest.mark.usefixtures("issuer")


def ask(brand: Brand, email: str) -> Answer:
    return send(handler, "/v1/auth/magic-link", brand, {"email": email})


def test_the_owner_is_mailed_a_link(brand: Brand, post: Post) -> None:
    account = customer_account(brand)
    assert ask(brand, account.email.upper()).status == 202
    [mail] = post(brand)
    assert (mail.template, mail.to, mail.variables["minutes"]) == ("magic_link", account.email, 15)
    assert mail.variables["link"].startswith("https://maison.example/account/magic-link?token=")


def test_everybody_is_answered_alike(brand: Brand, another_brand: Brand, post: Post) -> None:
    account = customer_account(another_brand)
    answers = [ask(brand, email) for email in (account.email, "nobody@maison.example", "x y")]
    assert {(answer.status, str(answer.body)) for answer in answers} == {(202, "{'accepted': True}")}
    assert post(brand) == post(another_brand) == []
