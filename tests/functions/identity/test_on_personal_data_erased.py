"""personal_data.erased: the last context to answer brings the erasure to its end."""

from datetime import timedelta
from typing import Any

import pytest

from functions.identity.ask_privacy_request import handler as ask
from functions.identity.on_personal_data_erased import handler
from functions.identity.process_privacy_requests import handler as process
from functions.identity.start_kyc import handler as start_kyc
from shared.platform.brands import Brand
from tests.gateway import batch
from tests.local_stripe import Account
from tests.people import Person, rows
from tests.privacy import ERASERS, Carrier
from tests.till import Clock
from tests.verifying import verify


def erase(person: Person, carrier: Carrier) -> list[Any]:
    person.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    process({}, None)
    return carrier.carry_out()


@pytest.mark.usefixtures("issuer")
def test_the_account_goes_only_when_all_the_others_have_answered(brand: Brand, carrier: Carrier) -> None:
    ada = Person.member(brand)
    ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    process({}, None)
    started = batch([each for each in carrier.publish() if each["type"] == "erasure.started"])
    for number, eraser in enumerate(ERASERS):
        assert len(rows(brand, "SELECT id FROM identity.users")) == 1, number
        eraser(started, None)
        told = [each for each in carrier.publish() if each["type"] == "personal_data.erased"]
        assert handler(batch(told), None)["batchItemFailures"] == []
    assert rows(brand, "SELECT id FROM identity.users") == []


@pytest.mark.usefixtures("issuer")
def test_a_part_of_an_earlier_run_counts_for_nothing(brand: Brand, carrier: Carrier, at: Clock) -> None:
    Person.member(brand).call(ask, "POST", "/v1/me/privacy-requests", {"kind": "erase"})
    process({}, None)
    late = [each for each in carrier.publish() if each["type"] == "erasure.started"]
    at.move(days=1, seconds=1)
    process({}, None)
    for eraser in ERASERS:
        eraser(batch(late), None)
    told = [each for each in carrier.publish() if each["type"] == "personal_data.erased"]
    assert handler(batch(told), None)["batchItemFailures"] == []
    assert len(rows(brand, "SELECT id FROM identity.users")) == 1


def test_identity_checks_go_at_the_provider_too_but_for_what_law_keeps(
    brand: Brand, provider: Account, carrier: Carrier, at: Clock
) -> None:
    ada = Person.member(brand)
    light, complete = (
        ada.call(start_kyc, "POST", "/v1/me/kyc", {"level": level}).body for level in ("light", "complete")
    )
    verify(complete["url"], outcome="succeed")
    ada.call(start_kyc, "POST", "/v1/me/kyc", {"level": "complete"})
    sessions = {
        str(row.id): row.provider_session
        for row in rows(brand, "SELECT id, provider_session FROM identity.kyc_checks")
    }
    assert erase(ada, carrier) == []
    [left] = rows(brand, "SELECT id, status FROM identity.kyc_checks")
    assert (str(left.id), left.status) == (complete["id"], "verified")
    asked = provider.client.v1.identity.verification_sessions

    def redacted(check: dict[str, Any]) -> bool:
        return asked.retrieve(sessions[check["id"]]).redaction is not None

    assert (redacted(light), redacted(complete)) == (True, False)
    for _ in range(8):
        at.move(days=365)
        process({}, None)
        assert carrier.carry_out() == []
    assert rows(brand, "SELECT id FROM identity.kyc_checks") == []
    assert redacted(complete)
    [request] = rows(brand, "SELECT status, look_again_at FROM identity.privacy_requests")
    assert (request.status, request.look_again_at) == ("completed", None)


def test_a_silent_provider_delays_the_answer(brand: Brand, provider: Account, carrier: Carrier) -> None:
    ada = Person.member(brand)
    ada.call(start_kyc, "POST", "/v1/me/kyc", {"level": "light"})
    match = "POST /v1/identity/verification_sessions/"
    provider.control(requests={"mode": "error", "match": match})
    assert len(erase(ada, carrier)) == 1
    told = [each for each in carrier.details if each["type"] == "personal_data.erased"]
    assert handler(batch(told), None)["batchItemFailures"] == []
    [request] = rows(brand, "SELECT status FROM identity.privacy_requests")
    assert request.status == "completed"
    assert rows(brand, "SELECT id FROM identity.kyc_checks") == []


@pytest.mark.usefixtures("issuer")
def test_earlier_exports_go_along(brand: Brand, carrier: Carrier, at: Clock) -> None:
    ada = Person.member(brand)
    ada.call(ask, "POST", "/v1/me/privacy-requests", {"kind": "export"})
    process({}, None)
    carrier.carry_out()
    assert len(carrier.keys("exports/")) == 1
    at.time += timedelta(seconds=1)
    assert erase(ada, carrier) == []
    assert carrier.keys("exports/") == []
