"""restore_erasures."""

import pytest

from functions.identity.ask_privacy_request import handler as ask
from functions.identity.process_privacy_requests import handler as process
from functions.identity.restore_erasures import handler
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.people import Person, rows
from tests.privacy import Carrier

pytestmark = pytest.mark.usefixtures("issuer")


def erase(person: Person, carrier: Carrier) -> None:
    person.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    process({}, None)
    carrier.carry_out()


def test_a_ledger_that_the_database_knows_asks_for_nothing(brand: Brand, carrier: Carrier) -> None:
    erase(Person.member(brand), carrier)
    assert handler({}, None) == {"job": "restore_erasures", "processed": 0, "failed": 0, "finished": True}


def test_who_comes_back_by_a_restore_is_erased_again(
    brand: Brand, carrier: Carrier, database: DatabaseUrls
) -> None:
    ada = Person.member(brand, "ada.lovelace@example.com")
    with begin(brand, "test") as work:
        kept = work.all("SELECT * FROM identity.users")
        customers = work.all("SELECT id, email, email_key FROM identity.customers")
    erase(ada, carrier)
    # The backup is older than the wish: account and record are back, the request is not.
    with begin(brand, "test") as work:
        work.run("DELETE FROM identity.privacy_requests")
        work.run(
            """INSERT INTO identity.users (id, email, email_key, email_verified_at, name, locale, created_at, updated_at)
               VALUES (%(id)s, %(email)s, %(email_key)s, %(at)s, 'Ada', 'fr', %(at)s, %(at)s)""",
            id=kept[0].id,
            email=kept[0].email,
            email_key=kept[0].email_key,
            at=kept[0].created_at,
        )
        work.run(
            """UPDATE identity.customers SET email = %(email)s, email_key = %(key)s, first_name = 'Ada', erased_at = NULL,
                      user_id = %(user)s WHERE id = %(id)s""",
            id=customers[0].id,
            email=customers[0].email,
            key=customers[0].email_key,
            user=kept[0].id,
        )
    assert handler({}, None)["processed"] == 1
    assert handler({}, None)["processed"] == 0
    process({}, None)
    assert carrier.carry_out() == []
    assert rows(brand, "SELECT id FROM identity.users") == []
    [customer] = rows(brand, "SELECT email, first_name FROM identity.customers")
    assert customer.email.endswith("@erased.invalid")
    [request] = rows(brand, "SELECT status, asked_by FROM identity.privacy_requests")
    assert tuple(request) == ("completed", "restore")
    assert len(rows(brand, "SELECT id FROM notifications.mails WHERE template = 'erasure_done'")) == 1


def test_a_ledger_of_a_brand_that_is_no_more_is_passed_over(brand: Brand, carrier: Carrier) -> None:
    carrier.s3.put_object(
        Bucket="test-private",
        Key="erasures/01932f00-0000-7001-8000-00000000dead/01932f00-0000-7001-8000-00000000beef.json",
        Body=b"{}",
    )
    assert handler({}, None)["failed"] == 0
