"""Stripe's test cards: https://docs.stripe.com/testing. What each looks like, and what it does when it is charged."""

from dataclasses import dataclass
from typing import Any

_EXPIRY_YEARS_AHEAD = 4


@dataclass(frozen=True)
class Refusal:
    """Why a charge is declined, in Stripe's codes and words."""

    code: str
    message: str
    decline_code: str | None = None
    network_code: str | None = None
    advice: str | None = "try_again_later"


@dataclass(frozen=True)
class Card:
    """A test card. `challenge`: its owner is asked to authenticate (3-D Secure) before it is charged; `dispute`: who contests
    what was paid, and why; `refund`: the status that refunds begin with, and the one they soon come to."""

    brand: str
    last4: str
    country: str = "US"
    funding: str = "credit"
    refusal: Refusal | None = None
    challenge: bool = False
    dispute: str | None = None
    refund: tuple[str, str] = ("succeeded", "succeeded")


def _declined(
    last4: str, decline_code: str, message: str, network: str, advice: str = "try_again_later"
) -> Card:
    return Card("visa", last4, refusal=Refusal("card_declined", message, decline_code, network, advice))


_NO = "Your card was declined."
_GENERIC = _declined("0002", "generic_decline", _NO, "01")
_FUNDS = _declined("9995", "insufficient_funds", "Your card has insufficient funds.", "51")
_LOST = _declined("9987", "lost_card", _NO, "41", "do_not_try_again")
_STOLEN = _declined("9979", "stolen_card", _NO, "43", "do_not_try_again")
_EXPIRED = Card(
    "visa", "0069", refusal=Refusal("expired_card", "Your card has expired.", None, "54", "confirm_card_data")
)
_CVC = Card(
    "visa",
    "0127",
    refusal=Refusal(
        "incorrect_cvc", "Your card's security code is incorrect.", None, None, "confirm_card_data"
    ),
)
_PROCESSING = Card(
    "visa",
    "0119",
    refusal=Refusal(
        "processing_error", "An error occurred while processing your card. Try again in a little bit."
    ),
)
_VISA = Card("visa", "4242")

TEST_CARDS = {
    "pm_card_visa": _VISA,
    "pm_card_us": _VISA,
    "pm_card_visa_debit": Card("visa", "5556", funding="debit"),
    "pm_card_mastercard": Card("mastercard", "4444"),
    "pm_card_amex": Card("amex", "8431"),
    "pm_card_fr": Card("visa", "0003", "FR"),
    "pm_card_be": Card("visa", "0004", "BE"),
    "pm_card_lu": Card("visa", "0006", "LU"),
    "pm_card_ch": Card("visa", "0009", "CH"),
    # https://docs.stripe.com/testing#disputes and #refunds
    "pm_card_createDispute": Card("visa", "0259", dispute="fraudulent"),
    "pm_card_createDisputeProductNotReceived": Card("visa", "2685", dispute="product_not_received"),
    "pm_card_createDisputeInquiry": Card("visa", "1976", dispute="inquiry"),
    "pm_card_pendingRefund": Card("visa", "7726", refund=("pending", "succeeded")),
    "pm_card_refundFail": Card("visa", "5126", refund=("succeeded", "failed")),
    "pm_card_chargeDeclined": _GENERIC,
    "pm_card_chargeDeclinedInsufficientFunds": _FUNDS,
    "pm_card_chargeDeclinedLostCard": _LOST,
    "pm_card_chargeDeclinedStolenCard": _STOLEN,
    "pm_card_chargeDeclinedExpiredCard": _EXPIRED,
    "pm_card_chargeDeclinedIncorrectCvc": _CVC,
    "pm_card_chargeDeclinedProcessingError": _PROCESSING,
    "pm_card_threeDSecure2Required": Card("visa", "3220", challenge=True),
    "pm_card_authenticationRequired": Card("visa", "3184", challenge=True),
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "visa", "3178", refusal=_FUNDS.refusal, challenge=True
    ),
}
_NUMBERS = {
    "4242424242424242": "pm_card_visa",
    "4000056655665556": "pm_card_visa_debit",
    "5555555555554444": "pm_card_mastercard",
    "4000000000000002": "pm_card_chargeDeclined",
    "4000000000009995": "pm_card_chargeDeclinedInsufficientFunds",
    "4000000000000069": "pm_card_chargeDeclinedExpiredCard",
    "4000000000003220": "pm_card_threeDSecure2Required",
}


def test_name(given: str) -> str | None:
    """The name in TEST_CARDS of a test payment method, token or number as Stripe's documents spell them."""
    name = _NUMBERS.get(given.replace(" ", ""), given)
    if name.startswith("tok_"):
        name = "pm_card_" + name.removeprefix("tok_")
    # Newer pages of Stripe's documents put the brand into the names of the declined ones.
    name = name.replace("pm_card_visa_charge", "pm_card_charge")
    return name if name in TEST_CARDS else None


def shown(name: str, now_year: int) -> dict[str, Any]:
    """The `card` of a PaymentMethod object."""
    card = TEST_CARDS[name]
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
        "country": card.country,
        "display_brand": "american_express" if card.brand == "amex" else card.brand,
        "exp_month": 8,
        "exp_year": now_year + _EXPIRY_YEARS_AHEAD,
        "fingerprint": f"local{card.brand}{card.last4}",
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
