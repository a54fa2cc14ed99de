"""GET /v1/me/privacy-requests."""

import pytest

from functions.identity.ask_privacy_request import handler as ask
from functions.identity.list_own_privacy_requests import handler
from functions.identity.process_privacy_requests import handler as process
from shared.platform.brands import Brand
from tests.people import Person
from tests.privacy import BUCKET, Carrier
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/me/privacy-requests"


def test_ones_own_requests_are_seen_and_nobody_elses(brand: Brand, another_brand: Brand) -> None:
    ada = Person.member(brand)
    for kind in ("export", "erase"):
        ada.call(ask, "POST", PATH, {"kind": kind})
    told = ada.call(handler, "GET", PATH).body
    assert {each["kind"] for each in told["data"]} == {"export", "erase"}
    assert [each["download_url"] for each in told["data"]] == [None, None]
    assert told["pagination"]["total"] == 2
    for other in (Person.member(brand), Person.member(another_brand)):
        assert other.call(handler, "GET", PATH).body["data"] == []


def test_an_archive_can_be_had_for_seven_days(brand: Brand, carrier: Carrier, at: Clock) -> None:
    ada = Person.member(brand)
    ada.call(ask, "POST", PATH, {"kind": "export"})
    process({}, None)
    assert carrier.carry_out() == []
    [request] = ada.call(handler, "GET", PATH).body["data"]
    assert request["status"] == "completed"
    assert f"{BUCKET}.s3" in request["download_url"]
    assert "X-Amz-Signature" in request["download_url"]
    at.move(days=7)
    [later] = Person(brand, ada.account, Person.again(ada)).call(handler, "GET", PATH).body["data"]
    assert later["download_url"] is None
