"""verification.changed."""

from typing import Any

from functions.billing.receive_stripe_webhook import handler as receive
from functions.identity.get_kyc import handler as get_kyc
from functions.identity.on_verification_changed import handler
from functions.identity.start_kyc import handler as start_kyc
from shared.platform.brands import Brand
from tests.gateway import Bus, batch, call
from tests.local_stripe import Account, Hook
from tests.people import Person, rows
from tests.verifying import verify

KIND = "identity.verification_session"


def started(person: Person, level: str = "light") -> dict[str, Any]:
    body: dict[str, Any] = person.call(start_kyc, "POST", "/v1/me/kyc", {"level": level}).body
    return body


def hooks(provider: Account, *kinds: str) -> list[Hook]:
    """Stripe's webhooks until one of each kind has come; those."""
    wanted, found = {f"{KIND}.{kind}" for kind in kinds}, []
    while wanted:
        [hook] = provider.endpoint.take(1)
        if hook.event["type"] in wanted:
            wanted.remove(hook.event["type"])
            found.append(hook)
    return found


def arrive(bus: Bus, *arrived: Hook) -> list[dict[str, Any]]:
    """Webhooks arrive, and the consumer looks; what it gives back."""
    for hook in arrived:
        sent = {"stripe-signature": hook.signature, "content-type": "application/json"}
        assert call(receive, "POST", "/v1/webhooks/stripe", hook.body.decode(), headers=sent).status == 200
    told = [detail for detail in bus.relay() if detail["type"] == "verification.changed"]
    return list(handler(batch(told), None)["batchItemFailures"])


def test_a_verified_person_is_told_by_webhook(brand: Brand, provider: Account, bus: Bus) -> None:
    ada = Person.member(brand)
    check = started(ada)
    verify(check["url"], outcome="succeed", first_name="Ada", last_name="Byron")
    assert arrive(bus, *hooks(provider, "verified")) == []
    told = ada.call(get_kyc, "GET", "/v1/me/kyc").body
    assert (told["level"], told["checks"][0]["status"]) == ("light", "verified")
    bus.relay()
    assert [detail["data"]["after"] for detail in bus.of("kyc.changed")] == ["pending", "verified"]
    assert "Byron" not in str(bus.details)


def test_a_refused_person_learns_why_and_may_start_anew(brand: Brand, provider: Account, bus: Bus) -> None:
    ada = Person.member(brand)
    check = started(ada)
    verify(check["url"], outcome="fail", code="document_expired")
    arrive(bus, *hooks(provider, "requires_input"))
    told = ada.call(get_kyc, "GET", "/v1/me/kyc").body
    assert (told["level"], told["checks"][0]["failure_code"]) == (None, "document_expired")
    assert told["checks"][0]["status"] == "failed"
    assert started(ada)["id"] != check["id"]


def test_webhooks_twice_and_out_of_order_change_nothing_more(
    brand: Brand, provider: Account, bus: Bus
) -> None:
    ada = Person.member(brand)
    verify(started(ada)["url"], outcome="succeed")
    found = hooks(provider, "created", "processing", "verified")
    assert arrive(bus, *reversed(found), *found) == []
    assert ada.call(get_kyc, "GET", "/v1/me/kyc").body["level"] == "light"
    bus.relay()
    assert [detail["data"]["after"] for detail in bus.of("kyc.changed")] == ["pending", "verified"]


def test_a_session_that_is_not_ours_is_left_alone(brand: Brand, provider: Account, bus: Bus) -> None:
    made: Any = provider.client.v1.identity.verification_sessions.create(
        {"type": "document", "metadata": {"brand": brand.slug, "kyc_check_id": "nonsense"}}
    )
    assert arrive(bus, *hooks(provider, "created")) == []
    assert rows(brand, "SELECT id FROM identity.kyc_checks") == []
    assert made.status == "requires_input"


def test_a_silent_provider_is_asked_again(brand: Brand, provider: Account, bus: Bus) -> None:
    ada = Person.member(brand)
    verify(started(ada)["url"], outcome="succeed")
    [hook] = hooks(provider, "verified")
    provider.control(requests={"mode": "error", "match": "GET /v1/identity/verification_sessions"})
    assert len(arrive(bus, hook)) == 1
    assert handler(batch(bus.of("verification.changed")), None)["batchItemFailures"] == []
    assert ada.call(get_kyc, "GET", "/v1/me/kyc").body["level"] == "light"
