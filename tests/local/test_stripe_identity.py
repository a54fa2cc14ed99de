"""The local Stripe checks identities: a session, its page, its webhooks."""

from typing import Any

import pytest
import stripe

from tests.local_stripe import Account

KIND = "identity.verification_session"


def session(account: Account, **params: Any) -> Any:
    """A new verification session."""
    asked: Any = {"type": "document", **params}
    return account.client.v1.identity.verification_sessions.create(asked)


def act(account: Account, made: Any, **form: str) -> tuple[int, Any]:
    """The person does their part on the page."""
    return account.send("POST", made.url.removeprefix(account.url), form)


def told(account: Account, count: int) -> list[str]:
    """The types of the next webhooks, in any order."""
    return sorted(hook.event["type"] for hook in account.endpoint.take(count))


def test_a_person_is_verified_on_the_page(account: Account) -> None:
    made = session(account, metadata={"brand": "demo"}, client_reference_id="u1")
    assert (made.status, made.type, made.metadata["brand"]) == ("requires_input", "document", "demo")
    assert made.client_secret.startswith(f"{made.id}_secret_")
    assert act(account, made, outcome="succeed", first_name="Ada", last_name="Byron")[0] == 200
    found = account.client.v1.identity.verification_sessions.retrieve(made.id)
    assert (found.status, found.url, found.client_secret) == ("verified", None, None)
    assert getattr(found, "verified_outputs", None) is None
    whole: Any = account.client.v1.identity.verification_sessions.retrieve(
        made.id, {"expand": ["verified_outputs"]}
    )
    assert (whole.verified_outputs.first_name, whole.verified_outputs.last_name) == ("Ada", "Byron")
    assert told(account, 3) == [f"{KIND}.created", f"{KIND}.processing", f"{KIND}.verified"]


def test_a_refused_person_may_try_again_on_the_same_page(account: Account) -> None:
    made = session(account)
    assert act(account, made, outcome="fail", code="document_expired")[0] == 200
    found: Any = account.client.v1.identity.verification_sessions.retrieve(made.id)
    assert (found.status, found.last_error.code, found.url) == (
        "requires_input",
        "document_expired",
        made.url,
    )
    act(account, made, outcome="processing")
    assert account.client.v1.identity.verification_sessions.retrieve(made.id).status == "processing"
    act(account, made, outcome="succeed")
    assert account.client.v1.identity.verification_sessions.retrieve(made.id).status == "verified"
    assert act(account, made, outcome="succeed")[0] == 400


def test_the_page_opens_with_its_own_secret_alone(account: Account) -> None:
    made = session(account)
    path = f"/verify/{made.id}"
    assert account.send("GET", path, None)[0] == 400
    assert (
        account.send("POST", f"{path}?client_secret={made.id}_secret_guess", {"outcome": "succeed"})[0] == 400
    )
    assert account.client.v1.identity.verification_sessions.retrieve(made.id).status == "requires_input"


def test_a_session_is_cancelled_or_redacted(account: Account) -> None:
    sessions = account.client.v1.identity.verification_sessions
    made = session(account)
    assert sessions.cancel(made.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        sessions.cancel(made.id)
    other = session(account, metadata={"brand": "demo"})
    act(account, other, outcome="succeed")
    redacted: Any = sessions.redact(other.id)
    assert (redacted.redaction.status, redacted.metadata.to_dict()) == ("redacted", {})
    whole: Any = sessions.retrieve(other.id, {"expand": ["verified_outputs"]})
    assert whole.verified_outputs is None
    listed = {each.id: each.status for each in sessions.list().data}
    assert (listed[made.id], listed[other.id]) == ("canceled", "verified")


def test_what_stripe_does_not_know_is_refused(account: Account) -> None:
    for params in ({"type": "face"}, {"options": {"document": {"require_blood": True}}}):
        with pytest.raises(stripe.InvalidRequestError):
            session(account, **params)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        account.client.v1.identity.verification_sessions.create({})
    assert caught.value.param == "type"
