"""POST /v1/auth/resend-verification."""

import pytest

from functions.identity.resend_verification import handler
from functions.identity.verify_email import handler as verify_email
from shared.platform.brands import Brand
from tests.accounts import customer_account
from tests.gateway import Answer
from tests.mailbox import Post
from tests.ways_in import post as send
from tests.ways_in import register

pytestmark = pytest.mark.usefixtures("issuer")


def resend(brand: Brand, email: str) -> Answer:
    return send(handler, "/v1/auth/resend-verification", brand, {"email": email})


def test_a_new_link_comes_and_the_old_one_still_works(brand: Brand, post: Post) -> None:
    register(brand, "ada@maison.example")
    post(brand)
    assert resend(brand, " ADA@maison.example ").status == 202
    first, second = post(brand)
    assert first.token != second.token
    assert send(verify_email, "/v1/auth/verify-email", brand, {"token": first.token}).status == 200
    assert send(verify_email, "/v1/auth/verify-email", brand, {"token": second.token}).status == 200


def test_everybody_is_answered_alike(brand: Brand, post: Post) -> None:
    known = customer_account(brand)
    answers = [resend(brand, email) for email in (known.email, "nobody@maison.example", "not an address")]
    assert {(answer.status, str(answer.body)) for answer in answers} == {(202, "{'accepted': True}")}
    assert [(mail.template, mail.to) for mail in post(brand)] == [("already_registered", known.email)]
