"""data_export.started."""

import hashlib
import json
from typing import Any

import pytest

from functions.identity.ask_privacy_request import handler as ask
from functions.identity.on_data_export_started import handler
from functions.identity.process_privacy_requests import handler as process
from shared.identity import kyc
from shared.identity.kyc_rules import KycLevel, KycStatus
from shared.notifications.sealing import read_variables
from shared.notifications.templates.data_export_ready.variables import DataExportReadyV1
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.functions.identity.test_process_privacy_requests import EMAIL, THEIRS, a_life
from tests.gateway import Bus, batch
from tests.people import Person, rows
from tests.privacy import Carrier
from tests.till import Till

pytestmark = pytest.mark.usefixtures("issuer")


def exported(person: Person, carrier: Carrier) -> dict[str, Any]:
    person.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "export"})
    process({}, None)
    assert carrier.carry_out() == []
    [key] = carrier.keys("exports/")
    return carrier.unzipped(key)


def test_the_archive_holds_everything_about_the_person_and_nobody_else(
    brand: Brand, till: Till, bus: Bus, carrier: Carrier
) -> None:
    ada, order_id = a_life(brand, till, bus)
    Person.member(brand, "bob@example.com")
    with begin(brand, "test") as work:
        check_id, _ = kyc.start_check(work, ada.id, KycLevel.LIGHT)
        found = {"first_name": "Ada", "last_name": "Lovelace"}
        kyc.see_check(
            work,
            kyc.SeenCheck(session_id="vs_1", status=KycStatus.VERIFIED, check_id=check_id, found=found),
        )
    files = exported(ada, carrier)
    assert files["identity/account.json"][0]["email"] == EMAIL
    assert [each["line1"] for each in files["identity/addresses.json"]] == [THEIRS["line1"]]
    assert files["identity/notes.json"][0]["body"] == "Her cat is called Byte"
    assert files["identity/identity_checks.json"][0]["found"] == found
    assert files["identity/marketing_consents.json"][0]["source"] == "account"
    [order] = files["orders/orders.json"]
    assert (order["id"], order["shipping_address"]["line1"]) == (order_id, THEIRS["line1"])
    assert len(order["items"]) == 1
    assert len(files["billing/payments.json"]) == 1
    assert files["cart/carts.json"][0]["email"] == EMAIL
    assert {each["template"] for each in files["notifications/mails.json"]} >= {"order_confirmation"}
    told = json.dumps(files, ensure_ascii=False)
    assert "bob@example.com" not in told
    for secret in ("argon2", "token_hash", "s1."):
        assert secret not in told


def test_the_manifest_vouches_for_each_file(brand: Brand, carrier: Carrier) -> None:
    files = exported(Person.member(brand), carrier)
    manifest = files["manifest.json"]
    assert manifest["format"] == "comptoir.export/1"
    assert {each["name"] for each in manifest["files"]} == files.keys() - {"manifest.json", "README.txt"}
    for each in manifest["files"]:
        written = json.dumps(files[each["name"]], indent=2, ensure_ascii=False) + "\n"
        assert hashlib.sha256(written.encode()).hexdigest() == each["sha256"]
        assert len(files[each["name"]]) == each["items"]
    assert "Vos données" in files["README.txt"]


def test_the_link_is_mailed_and_lies_sealed(brand: Brand, carrier: Carrier) -> None:
    ada = Person.member(brand)
    exported(ada, carrier)
    [mail] = rows(
        brand,
        "SELECT id, recipient, variables::text AS variables FROM notifications.mails WHERE template = 'data_export_ready'",
    )
    assert mail.recipient == ada.account.email
    assert "privacy-downloads" not in mail.variables
    told = read_variables(mail.id, DataExportReadyV1, mail.variables)
    assert isinstance(told, DataExportReadyV1)
    assert told.link.startswith("https://comptoir.example/v1/privacy-downloads/")


def test_a_second_delivery_makes_no_second_mail(brand: Brand, carrier: Carrier) -> None:
    exported(Person.member(brand), carrier)
    told = [detail for detail in carrier.details if detail["type"] == "data_export.started"]
    assert handler(batch(told), None)["batchItemFailures"] == []
    assert len(rows(brand, "SELECT id FROM notifications.mails WHERE template = 'data_export_ready'")) == 1
