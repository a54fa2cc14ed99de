"""POST /v1/me/kyc."""

import pytest

from functions.identity.start_kyc import handler
from shared.platform.brands import Brand
from tests.gateway import Answer
from tests.local_stripe import Account
from tests.people import Person, rows
from tests.verifying import verify

PATH = "/v1/me/kyc"


def start(person: Person, level: object = "light") -> Answer:
    return person.call(handler, "POST", PATH, {"level": level})


def test_a_check_is_started_at_the_provider(brand: Brand, provider: Account) -> None:
    ada = Person.member(brand)
    answer = start(ada, "complete")
    assert answer.status == 201
    assert (answer.body["level"], answer.body["status"], answer.body["verified_at"]) == (
        "complete",
        "pending",
        None,
    )
    [check] = rows(brand, "SELECT provider_session FROM identity.kyc_checks")
    made = provider.client.v1.identity.verification_sessions.retrieve(check.provider_session)
    assert (made.url, made.client_secret) == (answer.body["url"], answer.body["client_secret"])
    assert made.metadata.to_dict() == {
        "brand": brand.slug,
        "kyc_check_id": answer.body["id"],
        "kyc_level": "complete",
    }
    assert made.options is not None
    assert made.options.document is not None
    assert made.options.document.require_matching_selfie is True


def test_asking_again_goes_on_with_the_open_check(brand: Brand, provider: Account) -> None:
    ada = Person.member(brand)
    first, again = start(ada), start(ada)
    assert (first.body["id"], first.body["url"]) == (again.body["id"], again.body["url"])
    assert start(ada, "complete").body["id"] != first.body["id"]


def test_a_silent_provider_loses_nothing(brand: Brand, provider: Account) -> None:
    ada = Person.member(brand)
    provider.control(requests={"mode": "drop", "match": "POST /v1/identity/verification_sessions"})
    silent = start(ada)
    assert (silent.status, silent.code) == (503, "verification_unavailable")
    answer = start(ada)
    assert answer.status == 201
    assert len(rows(brand, "SELECT id FROM identity.kyc_checks")) == 1
    sessions = provider.client.v1.identity.verification_sessions.list({"limit": 100}).data
    assert (
        len([each for each in sessions if each.metadata.to_dict().get("kyc_check_id") == answer.body["id"]])
        == 1
    )


def test_what_was_passed_is_not_asked_for_again(brand: Brand, provider: Account) -> None:
    ada = Person.member(brand)
    made = start(ada, "complete").body
    assert verify(made["url"], outcome="succeed") == (303, f"{brand.store_url}/account/identity")
    assert start(ada, "complete").body["status"] == "verified"
    for level in ("light", "complete"):
        answer = start(ada, level)
        assert (answer.status, answer.code, answer.body["level"]) == (409, "kyc_passed", "complete")


@pytest.mark.parametrize("level", ["none", "", None, 1])
def test_only_levels_that_exist_can_be_started(brand: Brand, provider: Account, level: object) -> None:
    assert start(Person.member(brand), level).status == 422
