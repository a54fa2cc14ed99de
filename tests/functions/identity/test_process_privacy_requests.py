"""process_privacy_requests, and an erasure from the wish to the certificate."""

import json
from datetime import timedelta
from typing import Any

import jwt
import psycopg
import pytest
from psycopg import sql

from functions.identity.add_address import handler as add_address
from functions.identity.add_customer_note import handler as add_note
from functions.identity.ask_privacy_request import handler as ask
from functions.identity.describe_issuer import handler as describe_issuer
from functions.identity.get_account import handler as get_account
from functions.identity.process_privacy_request import handler as process_one
from functions.identity.process_privacy_requests import handler
from functions.identity.update_account import handler as update_account
from functions.orders.on_order_paid import handler as on_order_paid
from shared.identity.permissions import Role
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.work import begin
from shared.privacy.holders import PLANS
from tests.buyers import PARIS, Buyer, captured, deliver, for_sale, order_of
from tests.gateway import Bus, call
from tests.people import Person, rows
from tests.privacy import Carrier
from tests.till import Clock, Till

pytestmark = pytest.mark.usefixtures("issuer")
EMAIL = "ada.l@example.com"
SECRETS = (EMAIL, "Lovelace", "12 rue des Martyrs", "+33 6 99 88 77 66", "75009", "Her cat is called Byte")
THEIRS = PARIS | {
    "last_name": "Lovelace",
    "line1": "12 rue des Martyrs",
    "postcode": "75009",
    "phone": "+33 6 99 88 77 66",
}


def a_life(brand: Brand, till: Till, bus: Bus, *, completed: bool = True) -> tuple[Person, str]:
    """Somebody with an account, an order, a cart, an address and a note; and the order's id."""
    ada, support = Person.member(brand, EMAIL), Person.staff(brand, Role.SUPPORT)
    ada.call(update_account, "PATCH", "/v1/me", {"last_name": "Lovelace", "marketing_opt_in": True})
    ada.call(add_address, "POST", "/v1/me/addresses", THEIRS)
    body = {"body": "Her cat is called Byte"}
    path = "/v1/admin/customers/{customer_id}/notes"
    support.call(add_note, "POST", path, body, customer_id=ada.customer_id)
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    order = buyer.check_out(email=EMAIL, shipping_address=THEIRS)
    captured(brand, till, bus, order)
    deliver(bus, on_order_paid, "order.paid")
    Buyer.of(brand, email=EMAIL)
    with begin(brand, "test") as work:
        work.run(
            """INSERT INTO billing.webhook_events (id, provider, event_id, type, payload, received_at, processed_at, about)
               SELECT gen_random_uuid(), 'stripe', 'evt_1', 'charge.succeeded', jsonb_build_object('id', 'evt_1', 'type',
                      'charge.succeeded', 'data', jsonb_build_object('object', jsonb_build_object('id', 'ch_1', 'object',
                      'charge', 'payment_intent', p.gateway_id, 'billing_details',
                      jsonb_build_object('name', 'Ada Lovelace', 'email', %(email)s::text)))), %(now)s, %(now)s, p.gateway_id
                 FROM billing.payments p""",
            email=EMAIL,
            now=work.now,
        )
        if completed:
            work.run("UPDATE orders.orders SET status = 'completed'")
    return ada, order.body["order"]["id"]


def traces(database: DatabaseUrls, *words: str) -> list[tuple[str, str]]:
    """Every table of the database in which a word still stands, but for those whose rows go by age."""
    aged = ("platform.outbox_events", "platform.inbox", "platform.idempotency_keys")
    found = []
    with psycopg.connect(database.jobs, autocommit=True) as jobs:
        tables = jobs.execute(
            """SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema$|public$)'
                  AND has_table_privilege(c.oid, 'SELECT')"""
        ).fetchall()
        for (table,) in tables:
            if table in aged:
                continue
            rows = jobs.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.SQL(table))).fetchall()
            found += [(table, word) for word in words for (row,) in rows if word.lower() in row.lower()]
    return found


def test_nothing_of_a_person_is_left_but_what_law_keeps(
    brand: Brand, till: Till, bus: Bus, carrier: Carrier, database: DatabaseUrls, at: Clock
) -> None:
    ada, order_id = a_life(brand, till, bus)
    neighbour = Person.member(brand, "bob@example.com")
    ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    assert {word for _, word in traces(database, *SECRETS)} == set(SECRETS)
    assert handler({}, None) == {
        "job": "process_privacy_requests",
        "processed": 1,
        "failed": 0,
        "finished": True,
    }
    assert carrier.carry_out() == []
    [request] = rows(brand, "SELECT * FROM identity.privacy_requests")
    assert (request.status, request.contact, request.completed_at) == ("completed", None, at.time)
    # The mail that answers them is the only thing that knows their address, for thirty days.
    assert traces(database, *SECRETS) == [("notifications.mails", EMAIL)]
    assert ada.call(get_account, "GET", "/v1/me").status == 401
    order = order_of(brand, order_id)
    assert (order.email, order.shipping_address.country) == (f"erased-{order_id}@erased.invalid", "FR")
    assert order.totals.total.amount > 0
    assert neighbour.call(get_account, "GET", "/v1/me").body["email"] == "bob@example.com"
    at.move(days=30)
    assert handler({}, None)["processed"] == 1
    assert carrier.carry_out() == []
    assert traces(database, *SECRETS) == []


def test_the_certificate_says_what_was_done_and_anybody_can_check_it(
    brand: Brand, till: Till, bus: Bus, carrier: Carrier
) -> None:
    ada, _ = a_life(brand, till, bus)
    asked = ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"}).body
    handler({}, None)
    carrier.carry_out()
    [key] = carrier.keys("erasures/")
    assert key == f"erasures/{brand.id}/{asked['id']}.json"
    document = json.loads(carrier.content(key))
    published = call(
        describe_issuer, "GET", "/.well-known/openid-configuration", headers={"x-brand": brand.slug}
    )
    [jwk] = published.body["erasure_certificate_keys"]
    assert jwt.get_unverified_header(document["certificate"])["kid"] == jwk["kid"]
    said = jwt.decode(
        document["certificate"], jwt.PyJWK.from_dict(jwk), algorithms=["EdDSA"], options={"verify_iat": False}
    )
    assert said == document["says"]
    assert said["subject"]["user_id"] == str(ada.id)
    assert said["done"].keys() == PLANS.keys()
    kept = {each["what"]: each for each in said["kept"]}
    assert kept["accounting"]["law"].startswith("Code de commerce")
    assert kept["accounting"]["until"][:4] == str(int(asked["asked_at"][:4]) + 11)
    assert {"answer", "delivery"} <= kept.keys()
    for word in SECRETS:
        assert word not in json.dumps(document)
    [mail] = rows(
        brand, "SELECT recipient, variables FROM notifications.mails WHERE template = 'erasure_done'"
    )
    assert mail.recipient == EMAIL
    assert "privacy-downloads" not in str(mail.variables)


def test_everything_delivered_twice_changes_nothing_more(
    brand: Brand, till: Till, bus: Bus, carrier: Carrier, database: DatabaseUrls
) -> None:
    ada, _ = a_life(brand, till, bus)
    ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    handler({}, None)
    assert carrier.carry_out(twice=True) == []
    assert len(rows(brand, "SELECT id FROM notifications.mails WHERE template = 'erasure_done'")) == 1
    assert traces(database, *SECRETS) == [("notifications.mails", EMAIL)]


def test_a_bucket_that_is_down_only_delays_the_answer(
    brand: Brand, till: Till, bus: Bus, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.platform import private_files

    ada, _ = a_life(brand, till, bus)
    ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    handler({}, None)
    put = private_files.put
    tries: list[str] = []

    def fail_once(key: str, content: bytes, content_type: str) -> None:
        tries.append(key)
        if len(tries) == 1:
            raise OSError("down")
        put(key, content, content_type)

    monkeypatch.setattr(private_files, "put", fail_once)
    assert len(carrier.carry_out()) == 1
    [request] = rows(brand, "SELECT status, certificate FROM identity.privacy_requests")
    assert (request.status, request.certificate is not None) == ("running", True)
    told = [detail for detail in carrier.details if detail["type"] == "personal_data.erased"]
    from functions.identity.on_personal_data_erased import handler as on_erased
    from tests.gateway import batch

    assert on_erased(batch(told), None)["batchItemFailures"] == []
    [after] = rows(brand, "SELECT status, certificate FROM identity.privacy_requests")
    assert (after.status, after.certificate) == ("completed", request.certificate)
    assert json.loads(carrier.content(tries[0]))["certificate"] == request.certificate


def test_an_open_order_is_left_alone_until_it_is_settled(
    brand: Brand, till: Till, bus: Bus, carrier: Carrier, at: Clock
) -> None:
    ada, order_id = a_life(brand, till, bus, completed=False)
    ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    handler({}, None)
    carrier.carry_out()
    assert order_of(brand, order_id).shipping_address.line1 == THEIRS["line1"]
    [request] = rows(brand, "SELECT status, look_again_at, parts FROM identity.privacy_requests")
    assert request.status == "completed"
    assert request.look_again_at == at.time + timedelta(days=14)
    assert request.parts["orders"]["kept"][0]["what"] == "open_orders"
    with begin(brand, "test") as work:
        work.run("UPDATE orders.orders SET status = 'completed'")
    at.move(days=14)
    assert handler({}, None)["processed"] == 1
    carrier.carry_out()
    assert order_of(brand, order_id).shipping_address.line1 != THEIRS["line1"]
    assert len(rows(brand, "SELECT id FROM notifications.mails WHERE template = 'erasure_done'")) == 1


def test_a_business_stays_on_its_invoice(brand: Brand, till: Till, bus: Bus, carrier: Carrier) -> None:
    ada = Person.member(brand, EMAIL)
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    billing = THEIRS | {"company": "Engines SARL", "vat_number": "FR40303265045"}
    order = buyer.check_out(email=EMAIL, billing_address=billing)
    captured(brand, till, bus, order)
    with begin(brand, "test") as work:
        work.run("UPDATE orders.orders SET status = 'completed'")
    ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    handler({}, None)
    carrier.carry_out()
    left = order_of(brand, order.body["order"]["id"])
    assert (left.billing_address.company, left.billing_address.line1) == ("Engines SARL", THEIRS["line1"])
    assert left.shipping_address.line1 != PARIS["line1"]
    [request] = rows(brand, "SELECT parts FROM identity.privacy_requests")
    assert {each["what"] for each in request.parts["orders"]["kept"]} == {"accounting", "business_invoices"}


def test_who_has_the_address_by_now_loses_nothing(
    brand: Brand, till: Till, bus: Bus, carrier: Carrier
) -> None:
    from functions.identity.close_account import handler as close_account

    old = Person.member(brand, EMAIL)
    old.call(close_account, "DELETE", "/v1/me")
    new = Person.member(brand, EMAIL)
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    order = buyer.check_out(email=EMAIL)
    handler({}, None)
    assert carrier.carry_out() == []
    assert order_of(brand, order.body["order"]["id"]).email == EMAIL
    assert new.call(get_account, "GET", "/v1/me").status == 200
    assert [row.id for row in rows(brand, "SELECT id FROM identity.users")] == [new.id]


def test_an_address_that_nobody_proved_erases_nobody_elses_data(
    brand: Brand, till: Till, bus: Bus, carrier: Carrier
) -> None:
    from functions.identity.close_account import handler as close_account

    thief = Person.member(brand, EMAIL)
    with begin(brand, "test") as work:
        work.run("UPDATE identity.users SET email_verified_at = NULL")
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    order = buyer.check_out(email=EMAIL)
    thief.call(close_account, "DELETE", "/v1/me")
    handler({}, None)
    carrier.carry_out()
    assert order_of(brand, order.body["order"]["id"]).email == EMAIL
    assert rows(brand, "SELECT status FROM identity.privacy_requests")[0].status == "completed"
    # Nor is its owner told of what a stranger does.
    assert rows(brand, "SELECT FROM notifications.mails WHERE template ~ 'privacy|erasure'") == []


def test_the_last_administrator_is_told_to_staff_instead(brand: Brand, carrier: Carrier) -> None:
    boss, other = Person.staff(brand, Role.ADMIN), Person.staff(brand, Role.ADMIN)
    boss.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    with begin(brand, "test") as work:
        work.run("UPDATE identity.users SET status = 'suspended' WHERE id = %(id)s", id=other.id)
    handler({}, None)
    carrier.carry_out()
    [request] = rows(brand, "SELECT status, failure FROM identity.privacy_requests")
    assert request.status == "failed"
    assert request.failure.startswith("last_admin")
    assert boss.call(get_account, "GET", "/v1/me").status == 200


def test_a_stuck_run_is_begun_anew_after_a_day(brand: Brand, carrier: Carrier, at: Clock) -> None:
    ada = Person.member(brand)
    ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    handler({}, None)
    carrier.publish()
    assert handler({}, None)["processed"] == 0
    at.move(days=1, seconds=1)
    assert handler({}, None)["processed"] == 1
    assert carrier.carry_out() == []
    assert rows(brand, "SELECT status, runs FROM identity.privacy_requests")[0].status == "completed"


def test_two_runs_at_once_begin_each_request_once(brand: Brand, carrier: Carrier) -> None:
    ada, boss = Person.member(brand), Person.staff(brand, Role.ADMIN)
    asked: Any = ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "export"}).body
    path = "/v1/admin/privacy-requests/{id}/process"
    boss.call(process_one, "POST", path, id=asked["id"])
    assert handler({}, None)["processed"] == 0
