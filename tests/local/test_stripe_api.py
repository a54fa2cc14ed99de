"""The local Stripe answers the official library as Stripe does."""

from typing import Any

import pytest
import stripe

from tests.local_stripe import SECRET_KEY, Account


def confirm(account: Account, intent: stripe.PaymentIntent, card: str, **form: str) -> tuple[int, Any]:
    """Confirm as a browser does: with the client secret and no secret key."""
    told = {"client_secret": str(intent.client_secret), "payment_method": card, **form}
    return account.send("POST", f"/v1/payment_intents/{intent.id}/confirm", told)


def test_a_payment_intent_waits_for_a_payment_method(account: Account) -> None:
    intent = account.intent(amount=1999, metadata={"order_id": "o1"}, receipt_email="ada@demo.test")
    assert (intent.status, intent.amount, intent.currency) == ("requires_payment_method", 1999, "eur")
    assert intent.metadata["order_id"] == "o1"
    assert str(intent.client_secret).startswith(f"{intent.id}_secret_")
    again = account.client.v1.payment_intents.retrieve(intent.id)
    assert again.to_dict() == intent.to_dict()


def test_a_browser_confirms_with_the_client_secret_alone(account: Account) -> None:
    intent = account.intent()
    status, seen = confirm(account, intent, "pm_card_visa")
    assert (status, seen["status"]) == (200, "succeeded")
    assert "metadata" not in seen
    kept = account.client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert kept.amount_received == 1999
    charge: Any = kept.latest_charge
    assert (charge.paid, charge.captured, charge.payment_method_details.card.last4) == (True, True, "4242")


def test_a_publishable_key_in_the_form_or_the_header_will_do(account: Account) -> None:
    assert confirm(account, account.intent(), "pm_card_visa", key="pk_test_local")[0] == 200
    intent = account.intent()
    form = {"client_secret": str(intent.client_secret), "payment_method": "pm_card_visa"}
    path = f"/v1/payment_intents/{intent.id}/confirm"
    assert account.send("POST", path, form, {"Authorization": "Bearer pk_test_local"})[0] == 200


def test_a_wrong_client_secret_confirms_nothing(account: Account) -> None:
    intent = account.intent()
    form = {"client_secret": f"{intent.id}_secret_guess", "payment_method": "pm_card_visa"}
    status, problem = account.send("POST", f"/v1/payment_intents/{intent.id}/confirm", form)
    assert (status, problem["error"]["param"]) == (400, "client_secret")
    assert account.client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ],
)
def test_a_declined_card_is_a_402_and_the_intent_stays_payable(
    account: Account, card: str, code: str, decline_code: str | None
) -> None:
    intent = account.intent()
    status, answer = confirm(account, intent, card)
    error = answer["error"]
    assert status == 402
    assert (error["type"], error["code"], error.get("decline_code")) == ("card_error", code, decline_code)
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert error["payment_intent"]["last_payment_error"]["charge"] == error["charge"]
    assert confirm(account, intent, "pm_card_visa")[1]["status"] == "succeeded"


def test_the_library_raises_a_card_error_for_a_decline(account: Account) -> None:
    intent = account.intent()
    with pytest.raises(stripe.CardError) as caught:
        account.client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_chargeDeclined"})
    assert caught.value.http_status == 402
    assert caught.value.code == "card_declined"


@pytest.mark.parametrize(
    ("outcome", "status"), [("succeed", "succeeded"), ("fail", "requires_payment_method")]
)
def test_a_challenged_card_waits_for_its_owner(account: Account, outcome: str, status: str) -> None:
    intent = account.intent()
    _, asked = confirm(account, intent, "pm_card_threeDSecure2Required")
    assert asked["status"] == "requires_action"
    assert asked["next_action"]["type"] == "use_stripe_sdk"
    page = asked["next_action"]["use_stripe_sdk"]["stripe_js"].removeprefix(account.url)
    assert account.send("POST", page, {"outcome": outcome})[1]["status"] == status


def test_a_return_url_makes_the_challenge_a_redirect(account: Account) -> None:
    intent = account.intent()
    _, asked = confirm(account, intent, "pm_card_threeDSecure2Required", return_url="https://shop.test/back")
    assert asked["next_action"]["redirect_to_url"]["return_url"] == "https://shop.test/back"


def test_an_intent_that_may_redirect_needs_a_return_url(account: Account) -> None:
    intent = account.client.v1.payment_intents.create({"amount": 1999, "currency": "eur"})
    status, problem = confirm(account, intent, "pm_card_visa")
    assert status == 400
    assert "return_url" in problem["error"]["message"]


def test_a_succeeded_intent_is_neither_confirmed_nor_cancelled_again(account: Account) -> None:
    intent = account.intent()
    confirm(account, intent, "pm_card_visa")
    status, problem = confirm(account, intent, "pm_card_visa")
    assert (status, problem["error"]["code"]) == (400, "payment_intent_unexpected_state")
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        account.client.v1.payment_intents.cancel(intent.id)


def test_a_cancelled_intent_can_no_longer_be_paid(account: Account) -> None:
    intent = account.intent()
    gone = account.client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    assert confirm(account, intent, "pm_card_visa")[0] == 400


def test_a_manual_capture_holds_the_money_until_it_is_captured(account: Account) -> None:
    intent = account.intent(capture_method="manual")
    assert confirm(account, intent, "pm_card_visa")[1]["status"] == "requires_capture"
    done = account.client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1500})
    assert (done.status, done.amount_received) == ("succeeded", 1500)


def test_refunds_never_exceed_what_was_captured(account: Account) -> None:
    intent = account.intent(amount=2000)
    confirm(account, intent, "pm_card_visa")
    refunds = account.client.v1.refunds
    assert refunds.create({"payment_intent": intent.id, "amount": 1500}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        refunds.create({"payment_intent": intent.id, "amount": 501})
    assert refunds.create({"payment_intent": intent.id}).amount == 500
    with pytest.raises(stripe.InvalidRequestError) as caught:
        refunds.create({"payment_intent": intent.id})
    assert caught.value.code == "charge_already_refunded"
    charge = account.client.v1.charges.retrieve(
        str(account.client.v1.payment_intents.retrieve(intent.id).latest_charge)
    )
    assert (charge.amount_refunded, charge.refunded) == (2000, True)


def test_customers_keep_their_cards(account: Account) -> None:
    v1 = account.client.v1
    customer = v1.customers.create({"email": "ada@demo.test", "name": "Ada", "metadata": {"id": "1"}})
    card = v1.payment_methods.attach("pm_card_mastercard", {"customer": customer.id})
    assert [found.id for found in v1.customers.payment_methods.list(customer.id).data] == [card.id]
    changed = v1.customers.update(customer.id, {"name": "Ada L.", "metadata": {"id": ""}})
    assert (changed.name, changed.metadata.to_dict() if changed.metadata else {}) == ("Ada L.", {})
    assert v1.customers.delete(customer.id).deleted
    assert v1.payment_methods.detach(card.id).customer is None


def test_intents_are_listed_newest_first_and_found_by_metadata(account: Account) -> None:
    made = [account.intent(metadata={"batch": "seven", "n": str(n)}).id for n in range(3)]
    v1 = account.client.v1
    page = v1.payment_intents.list({"limit": 2})
    assert [found.id for found in page.data] == [made[2], made[1]]
    assert page.has_more
    assert v1.payment_intents.list({"limit": 1, "starting_after": made[1]}).data[0].id == made[0]
    found = v1.payment_intents.search({"query": "metadata['batch']:'seven' AND metadata['n']:'1'"})
    assert [each.id for each in found.data] == [made[1]]
    assert v1.payment_intents.list({"created": {"gt": 4_000_000_000}}).data == []


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 1999, "currency": "eur", "colour": "red"}, "parameter_unknown", "colour"),
        (
            {"amount": 1999, "currency": "eur", "shipping": {"name": "A", "address": {"planet": "x"}}},
            "parameter_unknown",
            "shipping[address][planet]",
        ),
        ({"currency": "eur"}, "parameter_missing", "amount"),
        ({"amount": "1999.5", "currency": "eur"}, "parameter_invalid_integer", "amount"),
        ({"amount": 1999, "currency": "eur", "capture_method": "later"}, None, "capture_method"),
        ({"amount": 49, "currency": "eur"}, "amount_too_small", "amount"),
        ({"amount": 1999, "currency": "xxx"}, None, "currency"),
    ],
)
def test_wrong_parameters_are_refused_by_name(
    account: Account, params: Any, code: str | None, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        account.client.v1.payment_intents.create(params)
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, code, param)


def test_only_the_account_s_own_secret_key_opens_it(account: Account) -> None:
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided"):
        account.client_with("sk_test_of_somebody_else").v1.payment_intents.list()
    with pytest.raises(stripe.AuthenticationError, match="publishable"):
        account.client_with("pk_test_local").v1.payment_intents.list()
    assert account.send("GET", "/v1/payment_intents")[0] == 401


def test_another_api_version_and_unknown_urls_are_refused(account: Account) -> None:
    key = {"Authorization": f"Bearer {SECRET_KEY}"}
    old = {**key, "Stripe-Version": "2020-08-27"}
    assert account.send("GET", "/v1/payment_intents", headers=old)[0] == 400
    assert account.send("GET", "/v1/terminal/readers", headers=key)[0] == 404


def test_what_is_not_there_is_resource_missing(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        account.client.v1.payment_intents.retrieve("pi_nowhere")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_a_disputed_charge_is_answered_with_evidence_or_given_up(account: Account) -> None:
    disputes = account.client.v1.disputes
    for card, evidence, ends in (
        ("pm_card_createDispute", "winning_evidence", "won"),
        ("pm_card_createDisputeProductNotReceived", "losing_evidence", "lost"),
        ("pm_card_createDisputeInquiry", "winning_evidence", "warning_closed"),
    ):
        intent = account.intent(2000)
        account.client.v1.payment_intents.confirm(intent.id, {"payment_method": card})
        [dispute] = disputes.list({"payment_intent": intent.id}).data
        assert dispute.amount == 2000
        changed = disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}})
        assert (changed.status, disputes.retrieve(dispute.id).status) == (ends, ends)
        with pytest.raises(stripe.InvalidRequestError, match="already closed"):
            disputes.close(dispute.id)


def test_what_was_charged_back_cannot_be_refunded(account: Account) -> None:
    intent = account.intent(2000)
    account.client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_createDispute"})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        account.client.v1.refunds.create({"payment_intent": intent.id})
    assert caught.value.code == "charge_disputed"


def test_some_cards_refuse_refunds_later_and_some_take_their_time(account: Account) -> None:
    for card, first, then, left in (
        ("pm_card_refundFail", "succeeded", "failed", 0),
        ("pm_card_pendingRefund", "pending", "succeeded", 500),
    ):
        intent = account.intent(2000)
        account.client.v1.payment_intents.confirm(intent.id, {"payment_method": card})
        refund = account.client.v1.refunds.create({"payment_intent": intent.id, "amount": 500})
        assert (refund.status, account.client.v1.refunds.retrieve(refund.id).status) == (first, then)
        found = account.client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
        assert not isinstance(found.latest_charge, str)
        assert found.latest_charge is not None
        assert found.latest_charge.amount_refunded == left
