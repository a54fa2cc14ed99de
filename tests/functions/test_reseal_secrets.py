"""Every 1 day: reseal_secrets."""

import base64
import os

import pytest
from pyotp import TOTP

from functions.identity.reseal_secrets import handler
from local.google.provider import CLIENT_SECRET
from shared.identity import certificate_keys, factors, google, signing_keys
from shared.notifications import mails
from shared.notifications.sealing import read_variables
from shared.notifications.templates.magic_link.variables import MagicLinkV1
from shared.platform import brands, clock, encryption, settings
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import MASTER_KEY, customer_account, session_of
from tests.local_google import offer_google
from tests.people import rows

pytestmark = pytest.mark.usefixtures("issuer")

NEW = base64.b64encode(os.urandom(32)).decode()


def with_keys(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    monkeypatch.setenv("MASTER_KEY", ",".join(keys))
    settings.forget()
    encryption.forget()
    signing_keys.forget()


def test_an_old_master_key_can_be_dropped_after_the_run(
    brand: Brand, another_brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled = {}
    for one in (brand, another_brand):
        account = customer_account(one)
        with begin(one, "test") as work:
            secret = factors.enrol(work, account.id, account.email).secret
        enrolled[one.id] = (one, account, TOTP(secret))
        session_of(one, account)
        offer_google(one)
    with begin(brand, "test") as work:
        certificate_keys.sign(work, {"about": "a test"})
    link = MagicLinkV1(link="https://maison.example/account/magic-link?token=x", minutes=15)
    with begin(brand, "test") as work:
        mails.queue(work, link, to="ada@maison.example", locale="fr", key="waits")
        work.run("UPDATE notifications.mails SET next_attempt_at = %(now)s", now=work.now)
    with_keys(monkeypatch, NEW, MASTER_KEY)
    assert handler({}) == {"job": "reseal_secrets", "processed": 7, "failed": 0, "finished": True}
    assert handler({})["processed"] == 0
    with_keys(monkeypatch, NEW)
    [mail] = rows(brand, "SELECT id, variables::text AS variables FROM notifications.mails")
    assert read_variables(mail.id, MagicLinkV1, mail.variables) == link
    for one, account, totp in enrolled.values():
        session_of(one, account)
        with begin(one, "test") as work:
            assert factors.confirm(work, account.id, totp.at(clock.now()))
        brands.forget()
        assert google.client_of(brands.brand_by_id(one.id)).secret == CLIENT_SECRET


def test_nothing_is_to_be_done_while_the_key_stays(brand: Brand) -> None:
    session_of(brand, customer_account(brand))
    assert handler({})["processed"] == 0
