"""GET /v1/me/kyc."""

import pytest

from functions.identity.get_kyc import handler
from shared.identity import kyc
from shared.identity.kyc_rules import KycLevel, KycRequired, KycStatus
from shared.kernel.money import Money
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.people import Person

pytestmark = pytest.mark.usefixtures("issuer")


def verified(person: Person, level: KycLevel) -> None:
    """The provider has verified somebody."""
    with begin(person.brand, "test") as work:
        check_id, _ = kyc.start_check(work, person.id, level)
        seen = kyc.SeenCheck(
            session_id=f"vs_{check_id}",
            status=KycStatus.VERIFIED,
            check_id=check_id,
            found={"first_name": "Ada", "last_name": "Byron"},
        )
        kyc.see_check(work, seen)


def test_who_was_never_checked_sees_what_will_be_needed(brand: Brand) -> None:
    assert Person.member(brand).call(handler, "GET", "/v1/me/kyc").body == {
        "level": None,
        "thresholds": [
            {"level": "light", "invested": {"amount": 100_00, "currency": "EUR"}},
            {"level": "complete", "invested": {"amount": 1_000_00, "currency": "EUR"}},
        ],
        "checks": [],
    }


def test_ones_own_checks_are_seen_and_nobody_elses(brand: Brand) -> None:
    ada, bob = Person.member(brand), Person.member(brand)
    verified(ada, KycLevel.LIGHT)
    told = ada.call(handler, "GET", "/v1/me/kyc").body
    assert (told["level"], [check["status"] for check in told["checks"]]) == ("light", ["verified"])
    assert bob.call(handler, "GET", "/v1/me/kyc").body["checks"] == []
    assert "Byron" not in str(told)


def test_an_investment_is_refused_until_the_check_is_passed(brand: Brand) -> None:
    ada = Person.member(brand)
    with begin(brand, "test") as work:
        kyc.require(work, ada.id, Money(99_99, "EUR"))
        with pytest.raises(KycRequired) as caught:
            kyc.require(work, ada.id, Money(100_00, "EUR"))
    assert caught.value.extra["link"] == "https://comptoir.example/v1/me/kyc"
    verified(ada, KycLevel.LIGHT)
    with begin(brand, "test") as work:
        kyc.require(work, ada.id, Money(100_00, "EUR"))


def test_what_the_provider_found_lies_sealed(brand: Brand) -> None:
    verified(Person.member(brand), KycLevel.COMPLETE)
    with begin(brand, "test") as work:
        kept = work.value("SELECT k::text FROM identity.kyc_checks k")
    assert "Byron" not in kept
    assert "s1." in kept
