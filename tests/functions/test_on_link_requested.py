"""link.requested."""

import pytest
from psycopg import connect

from functions.identity.on_link_requested import handler
from functions.identity.request_magic_link import handler as request_magic_link
from functions.notifications.on_mail_queued import handler as on_mail_queued
from shared.migrations.provision import DatabaseUrls
from shared.notifications import ses
from shared.notifications.sending import SendOutcome
from shared.notifications.ses import Message
from shared.platform.brands import Brand
from tests.accounts import customer_account
from tests.gateway import Bus, batch
from tests.mailbox import Post, mails
from tests.ways_in import post as send
from tests.ways_in import register

pytestmark = pytest.mark.usefixtures("issuer")


def ask(brand: Brand, email: str) -> None:
    send(request_magic_link, "/v1/auth/magic-link", brand, {"email": email})


def test_one_request_is_one_mail_however_often_it_is_delivered(brand: Brand, bus: Bus) -> None:
    ask(brand, customer_account(brand).email)
    told = [detail for detail in bus.relay() if detail["type"] == "link.requested"]
    for _ in range(3):
        assert handler(batch(told), None) == {"batchItemFailures": []}
    assert len(mails(brand)) == 1


@pytest.mark.parametrize("change", ["status = 'suspended'", "status = 'locked'", "deleted_at = now()"])
def test_who_may_not_sign_in_is_sent_no_way_in(
    brand: Brand, post: Post, database: DatabaseUrls, change: str
) -> None:
    account = customer_account(brand)
    with connect(database.jobs, autocommit=True) as jobs:
        jobs.execute(f"UPDATE identity.users SET {change} WHERE id = %s".encode(), (account.id,))
    ask(brand, account.email)
    assert post(brand) == []


def test_the_one_who_has_proved_the_address_is_mailed_and_nobody_else(brand: Brand, post: Post) -> None:
    owner = customer_account(brand, "Ada@maison.example")
    register(brand, "ada@maison.example")
    ask(brand, "ada@maison.example")
    assert {(mail.template, mail.to) for mail in post(brand)} == {
        ("already_registered", owner.email),
        ("magic_link", owner.email),
    }


def test_the_link_is_read_in_the_mail_and_nowhere_else(
    brand: Brand, bus: Bus, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Message] = []

    def hand_over(message: Message) -> SendOutcome:
        sent.append(message)
        return SendOutcome(result="sent", provider_message_id="m-1")

    monkeypatch.setattr(ses, "hand_over", hand_over)
    ask(brand, customer_account(brand).email)
    [mail] = post(brand)
    assert mail.token not in str(bus.details)
    queued = [detail for detail in bus.relay() if detail["type"] == "mail.queued"]
    assert on_mail_queued(batch(queued), None) == {"batchItemFailures": []}
    assert mail.variables["link"] in sent[0].text
    assert mail.variables["link"] in sent[0].html
