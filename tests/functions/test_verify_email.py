"""POST /v1/auth/verify-email."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.identity.consume_magic_link import handler as consume_magic_link
from functions.identity.get_account import handler as get_account
from functions.identity.verify_email import handler
from shared.identity.one_time_tokens import Purpose, issue
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.accounts import customer_account, headers
from tests.gateway import Answer, Bus, call
from tests.mailbox import Post
from tests.ways_in import StandingClock, log_in, register
from tests.ways_in import post as send

pytestmark = pytest.mark.usefixtures("issuer")


def verify(brand: Brand, token: str) -> Answer:
    return send(handler, "/v1/auth/verify-email", brand, {"token": token})


def test_the_mailed_link_verifies_the_address(brand: Brand, post: Post, bus: Bus) -> None:
    registered = register(brand, "ada@maison.example")
    [mail] = post(brand)
    answer = verify(brand, mail.token)
    assert (answer.status, answer.body) == (200, {"email": "ada@maison.example", "email_verified": True})
    bus.relay()
    [told] = bus.of("email.verified")
    assert told["data"]["user_id"] == registered.body["user"]["id"]
    signed_in = headers(brand, registered.body["session"]["access_token"])
    assert call(get_account, "GET", "/v1/me", headers=signed_in).status == 200


def test_it_works_once(brand: Brand, post: Post) -> None:
    register(brand, "ada@maison.example")
    [mail] = post(brand)
    assert verify(brand, mail.token).status == 200
    again = verify(brand, mail.token)
    assert (again.status, again.code) == (422, "link_invalid")


def test_of_two_that_use_it_at_once_one_wins(brand: Brand, post: Post) -> None:
    register(brand, "ada@maison.example")
    [mail] = post(brand)

    def race(_: int) -> int:
        try:
            return verify(brand, mail.token).status
        finally:
            close_all()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(race, range(6))) == [200, 422, 422, 422, 422, 422]


def test_after_a_day_it_is_worth_nothing(brand: Brand, post: Post, standing: StandingClock) -> None:
    register(brand, "ada@maison.example")
    [mail] = post(brand)
    standing.later(hours=24)
    assert verify(brand, mail.token).status == 422


def test_of_all_that_claim_an_address_one_gets_it(brand: Brand, post: Post, bus: Bus) -> None:
    for number in range(3):
        register(brand, "ada@maison.example", f"the passphrase of claim {number}")
    answers = [verify(brand, mail.token).status for mail in post(brand)]
    assert answers == [200, 422, 422]
    bus.relay()
    assert len(bus.of("email.verified")) == 1


def test_of_all_that_claim_an_address_at_once_one_gets_it(brand: Brand, post: Post) -> None:
    for number in range(4):
        register(brand, "ada@maison.example", f"the passphrase of claim {number}")
    tokens = [mail.token for mail in post(brand)]

    def race(token: str) -> int:
        try:
            return verify(brand, token).status
        finally:
            close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(race, tokens)) == [200, 422, 422, 422]


def test_the_account_of_a_stranger_never_becomes_the_address_s(brand: Brand) -> None:
    owner = customer_account(brand, "ada@maison.example")
    stranger = register(brand, "ada@maison.example", "the passphrase of a stranger")
    with begin(brand, "test") as work:
        token = issue(work, Purpose.VERIFY_EMAIL, stranger.body["user"]["id"])
    assert verify(brand, token).status == 422
    assert log_in(brand, "ada@maison.example").body["user"]["id"] == str(owner.id)


def test_a_token_is_for_one_purpose(brand: Brand, post: Post) -> None:
    register(brand, "ada@maison.example")
    [mail] = post(brand)
    body = {"token": mail.token}
    assert send(consume_magic_link, "/v1/auth/magic-link/consume", brand, body).status == 401
    assert verify(brand, mail.token).status == 200


def test_another_brand_does_not_know_the_token(brand: Brand, another_brand: Brand, post: Post) -> None:
    register(brand, "ada@maison.example")
    [mail] = post(brand)
    assert verify(another_brand, mail.token).status == 422
    assert verify(brand, mail.token).status == 200


@pytest.mark.parametrize("token", ["x", "é" * 200, "' OR 1=1 --", "\\x00"])
def test_an_unknown_token_is_refused(brand: Brand, token: str) -> None:
    assert verify(brand, token).code == "link_invalid"
