"""PayPal's signatures: proof over a notification's raw bytes that PayPal sent it, to us, by a certificate that is PayPal's own.

https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod
"""

import base64
import binascii
import http.client
import re
import ssl
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shared.billing.connections import Connections
from shared.billing.webhooks import WebhookSignatureInvalid
from shared.kernel.refusals import Refusal
from shared.platform.settings import settings

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

ALGORITHM = "SHA256withRSA"
# PayPal repeats a notification for three days under the time of the first; newer than now is a wrong clock.
OLDEST, NEWEST = timedelta(days=4), timedelta(minutes=5)
_CERTIFICATE_PATH = re.compile(r"/v1/notifications/certs/CERT-[A-Za-z0-9-]{1,100}\Z", re.ASCII)
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)
_LARGEST_CERTIFICATE = 64 * 1024
_KEPT_AT_MOST = 16
_LONGEST_HEADER = 2048
_CONNECT_SECONDS, _READ_SECONDS = 3.0, 5.0
_LIVE = ("https://api.paypal.com", "https://api-m.paypal.com")
_SANDBOX = ("https://api.sandbox.paypal.com", "https://api-m.sandbox.paypal.com")
_LIVE_NAME, _SANDBOX_NAME = (
    "messageverificationcerts.paypal.com",
    "messageverificationcerts.sandbox.paypal.com",
)


class WebhookUnverifiable(Refusal):
    """PayPal's certificate cannot be had at the moment: send the webhook again later."""

    status = 503


@dataclass(frozen=True, slots=True)
class Transmission:
    """What a notification's headers say."""

    id: str
    time: str
    signature: str
    algorithm: str
    certificate_url: str

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Transmission":
        """From headers by lower-case names. Raises WebhookSignatureInvalid when one is missing or far too long."""
        names = ("id", "time", "sig")
        found = [headers.get(f"paypal-transmission-{name}", "") for name in names]
        found += [headers.get("paypal-auth-algo", ""), headers.get("paypal-cert-url", "")]
        if not all(0 < len(value) <= _LONGEST_HEADER for value in found):
            raise WebhookSignatureInvalid
        return cls(*found)

    def signed(self, webhook_id: str, body: bytes) -> bytes:
        """The bytes that PayPal signs."""
        return f"{self.id}|{self.time}|{webhook_id}|{zlib.crc32(body)}".encode("utf-8", "surrogatepass")


def verify(
    body: bytes, sent: Transmission, webhook_id: str, certificate: "Certificate", now: datetime
) -> None:
    """Prove that the (trusted) certificate's owner signed `body` for our webhook, lately. Raises WebhookSignatureInvalid."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

    check_claims(sent, webhook_id, now)
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise WebhookSignatureInvalid
    try:
        signature = base64.b64decode(sent.signature, validate=True)
        key.verify(signature, sent.signed(webhook_id, body), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise WebhookSignatureInvalid from error


def check_claims(sent: Transmission, webhook_id: str, now: datetime) -> None:
    """What can be told without the certificate: the algorithm, the time, that we expect webhooks at all. Raises WebhookSignatureInvalid."""
    if sent.algorithm != ALGORITHM or not webhook_id:
        raise WebhookSignatureInvalid
    try:
        at = datetime.fromisoformat(sent.time)
        lately = now - OLDEST <= at <= now + NEWEST
    except (ValueError, TypeError, OverflowError) as error:
        raise WebhookSignatureInvalid from error
    if not lately:
        raise WebhookSignatureInvalid


def check_url(url: str, api_base: str) -> None:
    """Raise WebhookSignatureInvalid unless PayPal's certificates lie there: those of the environment that we speak to, no other host."""
    base = api_base.rstrip("/")
    hosts = _SANDBOX if base in _SANDBOX else _LIVE if base in _LIVE else (base,)
    if not any(url.startswith(f"{host}/") and _CERTIFICATE_PATH.match(url[len(host) :]) for host in hosts):
        raise WebhookSignatureInvalid


def trusted(
    chain: Sequence["Certificate"], roots: Sequence["Certificate"], now: datetime, api_base: str
) -> "Certificate":
    """The first of the chain, once it is known to be PayPal's: issued below one of the roots, in its name, valid now.

    Raises WebhookSignatureInvalid.
    """
    from cryptography.x509 import DNSName
    from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

    if not chain or not roots:
        raise WebhookSignatureInvalid
    name = _SANDBOX_NAME if api_base.rstrip("/") in _SANDBOX else _LIVE_NAME
    policy = PolicyBuilder().store(Store(list(roots))).time(now)
    try:
        policy.build_server_verifier(DNSName(name)).verify(chain[0], list(chain[1:]))
    except (VerificationError, ValueError) as error:
        raise WebhookSignatureInvalid from error
    return chain[0]


_kept: dict[str, list["Certificate"]] = {}


def certificates(url: str) -> list["Certificate"]:
    """The (checked) URL's certificate and those it brings along, fetched once per warm process.

    Raises WebhookUnverifiable, and WebhookSignatureInvalid when there is none.
    """
    from cryptography.x509 import load_pem_x509_certificates

    if url in _kept:
        return _kept[url]
    try:
        answer = _connections().send("GET", url, {"Accept": "*/*"})
    except (OSError, http.client.HTTPException) as error:
        raise WebhookUnverifiable(retry_after=60) from error
    if answer.status >= 500:
        raise WebhookUnverifiable(retry_after=60)
    if answer.status != 200 or len(answer.body) > _LARGEST_CERTIFICATE:
        raise WebhookSignatureInvalid
    try:
        found = load_pem_x509_certificates(answer.body)
    except ValueError as error:
        raise WebhookSignatureInvalid from error
    if len(_kept) >= _KEPT_AT_MOST:
        _kept.clear()
    _kept[url] = found
    return found


@cache
def authorities(path: str) -> list["Certificate"]:
    """Who may vouch for PayPal: the certificates of a PEM file, or the system's when no path is given."""
    from cryptography.x509 import load_pem_x509_certificate

    file = path or ssl.get_default_verify_paths().cafile or ""
    try:
        blocks = _CERTIFICATE.findall(Path(file).read_bytes())
    except OSError as error:
        raise WebhookUnverifiable from error
    found = []
    for block in blocks:
        # One that is none by today's rules vouches for nobody, and keeps no other from it.
        with suppress(ValueError):
            found.append(load_pem_x509_certificate(block))
    return found


def prove(body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Prove that PayPal sent us this body. Raises WebhookSignatureInvalid, WebhookUnverifiable."""
    known = settings()
    sent = Transmission.of(headers)
    # What costs nothing comes first: a forger must not have us fetch.
    check_claims(sent, known.paypal_webhook_id, now)
    check_url(sent.certificate_url, known.paypal_api_base)
    chain = certificates(sent.certificate_url)
    owner = trusted(chain, authorities(known.paypal_authorities), now, known.paypal_api_base)
    verify(body, sent, known.paypal_webhook_id, owner, now)


def forget() -> None:
    """Drop the certificates: for tests."""
    _kept.clear()
    authorities.cache_clear()


@cache
def _connections() -> Connections:
    return Connections(_CONNECT_SECONDS, _READ_SECONDS, ssl.create_default_context)
