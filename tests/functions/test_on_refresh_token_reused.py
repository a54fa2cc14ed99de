"""refresh_token.reused."""

import pytest

from functions.identity.on_refresh_token_reused import handler
from functions.identity.refresh_session import handler as refresh
from shared.platform.brands import Brand
from tests.accounts import customer_account
from tests.gateway import Bus, batch
from tests.mailbox import mails
from tests.ways_in import log_in, post, register

pytestmark = pytest.mark.usefixtures("issuer")


def reuse(brand: Brand, bus: Bus, token: str) -> None:
    for _ in range(2):
        post(refresh, "/v1/auth/refresh", brand, {"refresh_token": token})
    told = [detail for detail in bus.relay() if detail["type"] == "refresh_token.reused"]
    assert len(told) == 1
    for _ in range(2):
        assert handler(batch(told), None) == {"batchItemFailures": []}


def test_the_owner_is_warned_once(brand: Brand, bus: Bus) -> None:
    account = customer_account(brand)
    reuse(brand, bus, log_in(brand, account.email).body["refresh_token"])
    assert [(mail.template, mail.to) for mail in mails(brand)] == [("session_revoked", account.email)]


def test_an_address_that_nobody_has_proved_is_not_mailed(brand: Brand, bus: Bus) -> None:
    registered = register(brand, "ada@maison.example")
    reuse(brand, bus, registered.body["session"]["refresh_token"])
    assert mails(brand) == []
