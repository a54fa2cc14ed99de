"""A notification of PayPal's, as its sender would sign it now: what a sample of the webhook is about."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from local.paypal.certificates import signer
from local.paypal.webhooks import headers_of
from tests.local_paypal import WEBHOOK_ID

FOLDER = "PAYPAL_FOLDER"
_TIME, _SIGNATURE, _CERTIFICATE, _ID = (
    "${PAYPAL_TIME}",
    "${PAYPAL_SIGNATURE}",
    "${PAYPAL_CERTIFICATE}",
    "${PAYPAL_TRANSMISSION}",
)


def secrets_of_paypal() -> dict[str, str]:
    """Where the account lies that the environment names."""
    return {
        FOLDER: str(Path(os.environ["PAYPAL_AUTHORITIES"]).parent),
        "PAYPAL_BASE": os.environ["PAYPAL_API_BASE"],
    }


def signed(sample: str, body: str, secrets: dict[str, str]) -> str:
    """The sample with what proves its body."""
    if _SIGNATURE not in sample:
        return sample
    own = signer(Path(secrets[FOLDER]))
    url = f"{secrets['PAYPAL_BASE']}/v1/notifications/certs/{own.certificate_id}"
    given = headers_of(body.encode(), WEBHOOK_ID, own, url, datetime.fromtimestamp(time.time(), UTC))
    for name, header in (
        (_TIME, "paypal-transmission-time"),
        (_SIGNATURE, "paypal-transmission-sig"),
        (_CERTIFICATE, "paypal-cert-url"),
        (_ID, "paypal-transmission-id"),
    ):
        sample = sample.replace(name, given[header])
    return sample
