"""PayPal's signatures are verified over the raw bytes, by its certificate alone, with the clock at the time of sending."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.x509 import load_pem_x509_certificates
from hypothesis import given
from hypothesis import strategies as st

from local.paypal.certificates import signer
from local.paypal.webhooks import headers_of
from shared.billing.paypal_signatures import (
    Transmission,
    WebhookUnverifiable,
    authorities,
    check_url,
    trusted,
    verify,
)
from shared.billing.webhooks import WebhookSignatureInvalid
from tests.local_paypal import Note
from tests.paypal_notifications import chain, known, root, sent_at, signed

LIVE, SANDBOX = "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"
WEBHOOK = known()["webhook_id"]
ONE = signed()["payment_capture_pending_v2"]


def prove(
    note: Note, at: datetime | None = None, webhook: str = WEBHOOK, changed: dict[str, str] | None = None
) -> None:
    sent = replace(Transmission.of(note.headers), **(changed or {}))
    now = at or sent_at(note)
    verify(note.body, sent, webhook, trusted(chain(), [root()], now, LIVE), now)


@pytest.mark.parametrize("name", signed())
def test_what_paypal_signed_is_paypal_s(name: str) -> None:
    prove(signed()[name])


@pytest.mark.parametrize("name", signed())
def test_one_byte_more_is_not(name: str) -> None:
    note = signed()[name]
    with pytest.raises(WebhookSignatureInvalid):
        prove(Note(note.body + b" ", note.headers))


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "4cce5920-0000-11ef-84e2-f38df3f70683"},
        {"time": "2024-08-02T19:34:58Z"},
        {"algorithm": "SHA1withRSA"},
        {"algorithm": "none"},
        {"signature": "AAAA"},
        {"signature": "not base64!"},
        {"signature": ""},
    ],
    ids=str,
)
def test_whatever_is_changed_of_what_was_sent_is_noticed(changed: dict[str, str]) -> None:
    with pytest.raises(WebhookSignatureInvalid):
        prove(ONE, changed=changed)


def test_a_notification_for_another_webhook_is_not_ours() -> None:
    for other in ("8WEBHOOK", "", WEBHOOK.lower()):
        with pytest.raises(WebhookSignatureInvalid):
            prove(ONE, webhook=other)


def test_another_s_signature_does_not_fit() -> None:
    other = list(signed().values())[1]
    with pytest.raises(WebhookSignatureInvalid):
        prove(Note(ONE.body, other.headers))


@pytest.mark.parametrize(
    "missing", sorted(ONE.headers.keys() - {"content-type", "user-agent", "paypal-auth-version"})
)
def test_every_header_is_needed(missing: str) -> None:
    for value in ("", "x" * 5000):
        with pytest.raises(WebhookSignatureInvalid):
            Transmission.of(ONE.headers | {missing: value})


def test_a_certificate_that_has_expired_proves_nothing() -> None:
    assert datetime.now(UTC) > datetime(2025, 3, 7, tzinfo=UTC)
    with pytest.raises(WebhookSignatureInvalid):
        trusted(chain(), [root()], datetime.now(UTC), LIVE)
    with pytest.raises(WebhookSignatureInvalid):
        trusted(chain(), [root()], datetime(2024, 3, 7, tzinfo=UTC), LIVE)


def test_a_certificate_is_paypal_s_only_below_a_known_authority_and_in_its_name(tmp_path: Any) -> None:
    now = sent_at(ONE)
    assert trusted(chain(), [root()], now, LIVE) == chain()[0]
    for links, roots, base in (
        (chain()[:1], [root()], LIVE),
        (chain()[1:], [root()], LIVE),
        ([], [root()], LIVE),
        (chain(), [], LIVE),
        # The sandbox's notifications bear another name.
        (chain(), [root()], SANDBOX),
    ):
        with pytest.raises(WebhookSignatureInvalid):
            trusted(links, roots, now, base)
    own = signer(tmp_path)
    forged = load_pem_x509_certificates(own.chain)
    with pytest.raises(WebhookSignatureInvalid):
        trusted(forged, [root()], now, LIVE)
    assert trusted(forged, load_pem_x509_certificates(own.authority), now, LIVE) == forged[0]


@pytest.mark.parametrize("off", [timedelta(days=4, minutes=1), -timedelta(minutes=6)])
def test_what_is_too_old_or_from_the_future_is_refused_however_well_it_is_signed(off: timedelta) -> None:
    owner = trusted(chain(), [root()], sent_at(ONE), LIVE)
    with pytest.raises(WebhookSignatureInvalid):
        verify(ONE.body, Transmission.of(ONE.headers), WEBHOOK, owner, sent_at(ONE) + off)


@pytest.mark.parametrize(
    "time",
    [
        "",
        "2024-08-02",
        "2018-19-12T22:20:32.000Z",
        "yesterday",
        "9999-12-31T23:59:59Z",
        "2024-08-02T19:34:57",
    ],
)
def test_a_time_that_is_none_is_refused(time: str) -> None:
    with pytest.raises(WebhookSignatureInvalid):
        prove(ONE, at=sent_at(ONE), changed={"time": time})


def test_what_is_signed_is_built_as_paypal_s_own_library_builds_it() -> None:
    vector = known()["sdk_vector"]
    sent = Transmission(vector["transmission_id"], vector["transmission_time"], "", "", "")
    body = vector["raw_body"].encode()
    assert sent.signed(vector["webhook_id"], body).decode() == vector["expected_signed_string"]


@pytest.mark.parametrize("host", ["https://api.paypal.com", "https://api-m.paypal.com"])
def test_certificates_come_from_paypal(host: str) -> None:
    check_url(f"{host}/v1/notifications/certs/CERT-360caa42-fca2a594-1a5f47cb", LIVE)
    sandbox = host.replace("paypal.com", "sandbox.paypal.com")
    check_url(f"{sandbox}/v1/notifications/certs/CERT-1", SANDBOX)
    for url, base in (
        (f"{sandbox}/v1/notifications/certs/CERT-1", LIVE),
        (f"{host}/v1/notifications/certs/CERT-1", SANDBOX),
    ):
        with pytest.raises(WebhookSignatureInvalid):
            check_url(url, base)


_PATH = "/v1/notifications/certs/CERT-1"


@pytest.mark.parametrize(
    "url",
    [
        f"http://api.paypal.com{_PATH}",
        f"https://api.paypal.com.evil.example{_PATH}",
        f"https://evil.example/api.paypal.com{_PATH}",
        f"https://api.paypal.com@evil.example{_PATH}",
        f"https://evil.example#https://api.paypal.com{_PATH}",
        f"https://API.paypal.com{_PATH}",
        f"https://api.paypal.com:8443{_PATH}",
        f"https://api.paypal.com/v1/notifications/certs/../../x{_PATH}",
        "https://api.paypal.com/v1/notifications/certs/CERT-1/../x",
        "https://api.paypal.com/v1/notifications/certs/CERT-1?x=1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1\n",
        "https://api.paypal.com/v1/notifications/certs/CERT-é",
        "https://api.paypal.com/v1/notifications/certs/",
        f"file:///etc{_PATH}",
        f"http://169.254.169.254{_PATH}",
        "",
    ],
)
def test_and_from_nowhere_else(url: str) -> None:
    with pytest.raises(WebhookSignatureInvalid):
        check_url(url, LIVE)


@given(st.text(max_size=200))
def test_no_other_address_is_asked(url: str) -> None:
    with pytest.raises(WebhookSignatureInvalid):
        check_url(url, LIVE)


def test_the_local_paypal_signs_as_paypal_does(tmp_path: Any) -> None:
    own, now = signer(tmp_path), datetime.now(UTC)
    sent = headers_of(b"{}", "1LOCAL", own, "http://127.0.0.1:1/v1/notifications/certs/CERT-1", now)
    owner = trusted(
        load_pem_x509_certificates(own.chain),
        load_pem_x509_certificates(own.authority),
        now,
        "http://127.0.0.1:1",
    )
    verify(b"{}", Transmission.of(sent), "1LOCAL", owner, now)
    with pytest.raises(WebhookSignatureInvalid):
        verify(b"{ }", Transmission.of(sent), "1LOCAL", owner, now)


def test_a_broken_certificate_among_the_authorities_vouches_for_nobody_and_hinders_none(
    tmp_path: Any,
) -> None:
    file = tmp_path / "authorities.pem"
    broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    file.write_text(f"# The public web\n{broken}\n{known()['root']}\n")
    assert authorities(str(file)) == [root()]
    with pytest.raises(WebhookUnverifiable):
        authorities(str(tmp_path / "nowhere.pem"))
