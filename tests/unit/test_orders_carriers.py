"""What carriers say, in our words; who may say it; and what stands on a label."""

import hashlib
import hmac
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.graphics.barcode.code128 import _patterns

from shared.orders.carriers.links import tracking_link
from shared.orders.carriers.port import CarrierSignatureInvalid, CarrierWebhookMalformed
from shared.orders.carriers.sendcloud_words import STATUSES, read_tracking, read_webhook, status_of, verify
from shared.orders.shipment_labels import Label, draw
from shared.orders.shipment_rules import ShipmentStatus

S = ShipmentStatus
_FIELDS = (
    "parcel",
    "status",
    "id",
    "message",
    "tracking_number",
    "tracking_numbers",
    "events",
    "event_at",
    "status_code",
    "timestamp",
)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Delivered", S.DELIVERED),
        ("DELIVERED", S.DELIVERED),
        ("11", S.DELIVERED),
        ("Shipment collected by customer", S.DELIVERED),
        ("Delivery attempt failed", S.DELIVERY_FAILED),
        ("DRIVER_EN_ROUTE", S.OUT_FOR_DELIVERY),
        ("Announced: not collected", None),
        ("1000", None),
        ("Returned to sender", S.RETURNED),
        ("", None),
    ],
)
def test_a_status_is_known_however_it_is_written(word: str, status: ShipmentStatus | None) -> None:
    assert status_of(word) is status


def test_every_word_leads_to_a_state_of_ours() -> None:
    assert {status_of(word) for word in STATUSES} >= {S.SHIPPED, S.DELIVERED, S.RETURNED, S.DELIVERY_FAILED}


def test_both_shapes_of_webhook_are_read() -> None:
    parcel = {"tracking_number": "6A1", "status": {"id": 11, "message": "Delivered"}}
    at = 1_795_000_000_123
    [told] = read_webhook(json.dumps({"action": "x", "timestamp": at, "parcel": parcel}).encode())
    [scan] = told.scans
    assert (told.tracking_number, scan.status) == ("6A1", S.DELIVERED)
    assert scan.told_at == datetime.fromtimestamp(at / 1000, UTC)
    events = [
        {"event_at": "2026-11-20T09:00:00Z", "status_code": "PARCEL_EN_ROUTE"},
        {"event_at": "2026-11-21T09:00:00+01:00", "status_code": "x", "status_description": "Delivered"},
        {"event_at": "2026-11-21T09:00:00Z", "status_code": "READY_TO_SEND"},
    ]
    [whole] = read_webhook(
        json.dumps({"tracking_numbers": [{"tracking_number": "6A1"}], "events": events}).encode()
    )
    assert [each.status for each in whole.scans] == [S.SHIPPED, S.DELIVERED, None]
    assert whole.scans[1].told_at == datetime(2026, 11, 21, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "at", [None, "", "yesterday", 0, -5, 10**30, True, [], "9999-99-99", "0001-01-01T00:00:00"]
)
def test_times_that_are_none_are_not_told(at: Any) -> None:
    told = read_tracking({"events": [{"event_at": at, "status_code": "DELIVERED"}]}, "1")
    [scan] = told.scans
    assert scan.told_at is None or scan.told_at.year == 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(_FIELDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_whatever_was_signed_is_read_or_refused(value: Any) -> None:
    for body in (value, {"parcel": value}, {"events": value, "tracking_numbers": value}, {"action": value}):
        try:
            read_webhook(json.dumps(body).encode())
        except CarrierWebhookMalformed:
            continue


@given(st.binary(max_size=50), st.binary(min_size=1, max_size=10))
def test_only_its_own_bytes_are_signed(body: bytes, more: bytes) -> None:
    good = hmac.new(b"key", body, hashlib.sha256).hexdigest()
    verify(body, good, "key")
    for forged, signature, secret in (
        (body + more, good, "key"),
        (body, good[:-1], "key"),
        (body, good, "other"),
    ):
        with pytest.raises(CarrierSignatureInvalid):
            verify(forged, signature, secret)
    for odd in ("", "é" * 64, "\ud800", "0" * 64):
        with pytest.raises(CarrierSignatureInvalid):
            verify(body, odd, "key")


def test_links_are_those_of_the_carriers_own_pages() -> None:
    assert (
        tracking_link("Colissimo", "6A 1/2")
        == "https://www.laposte.fr/outils/suivre-vos-envois?code=6A%201%2F2"
    )
    assert tracking_link("Mondial Relay", "123") is not None
    assert tracking_link("Jean's van", "1") is None
    assert tracking_link(None, "1") is None
    assert tracking_link("colissimo", None) is None


def _label(**more: Any) -> Label:
    given: dict[str, Any] = {
        "title": "12-1",
        "brand": "Comptoir",
        "sender": "12, quai du Wault · 59000 Lille",
        "carrier": "Colissimo",
        "words": {"to": "DESTINATAIRE", "order": "Commande", "parcel": "colis", "note": "Instructions"},
        "lines": ("Zoë Müller-Łukasik", "1 rue de l'Hôtel-de-Ville", "1003 Lausanne", "SUISSE"),
        "phone": "+41 21 000 00 00",
        "facts": "Commande 12 · colis 1",
        "note": "Sonner chez le voisin",
        "code": "6A12345678901",
    }
    return Label(**given | more)


def test_a_label_is_one_page_of_a6_with_the_whole_address() -> None:
    reader = PdfReader(io.BytesIO(draw(_label())))
    [page] = reader.pages
    assert [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] == [105, 148]
    text = page.extract_text()
    for words in (*_label().lines, "6A12345678901", "Sonner chez le voisin", "Commande 12"):
        assert words in text


@pytest.mark.parametrize("code", ["12-1", "6A12345678901", "00340434161094000000", "AB-99/ZZ", "X" * 40])
def test_its_barcode_is_what_it_says(code: str) -> None:
    assert _decoded(draw(_label(code=code))) == code


def test_long_and_foreign_names_stay_on_the_label() -> None:
    lines = ("Γιώργος " + "Ω" * 70, "W" * 160, "W" * 160, "1" * 16 + " " + "M" * 80, "PAYS-BAS")
    [page] = PdfReader(io.BytesIO(draw(_label(lines=lines, note="n" * 500)))).pages
    assert "PAYS-BAS" in page.extract_text()


def _decoded(pdf: bytes) -> str:
    """Read the bars of the page as a scanner does: by their widths, checksum included (ISO/IEC 15417)."""
    [page] = PdfReader(io.BytesIO(pdf)).pages
    content = page.get_contents()
    assert content is not None
    found = re.findall(rb"(?:^|\s)([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", content.get_data())
    bars = sorted({(float(x), float(width)) for x, _, width, height in found if float(height) > 50})
    module = min(width for _, width in bars)
    widths = []
    for (x, width), following in zip(bars, [*bars[1:], None], strict=True):
        widths.append(round(width / module))
        if following is not None:
            widths.append(round((following[0] - x - width) / module))
    symbols = ["".join(map(str, widths[at : at + 6])) for at in range(0, len(widths) - 7, 6)]
    numbers = {_widths(letters): number for number, letters in _patterns.items()}
    *data, check = [numbers[symbol] for symbol in symbols]
    assert "".join(map(str, widths[-7:])) == "2331112"
    assert check == (data[0] + sum(at * value for at, value in enumerate(data[1:], 1))) % 103
    return _text(data)


def _widths(letters: str) -> str:
    """The library writes a bar of two modules as B, and a space of two as b."""
    return "".join(str(ord(letter.lower()) - ord("a") + 1) for letter in letters)


def _text(values: list[int]) -> str:
    """Code sets B and C, which are all that ASCII without control characters needs."""
    pairs, text = values[0] == 105, ""
    for value in values[1:]:
        if value in (99, 100) and (value == 99) is not pairs:
            pairs = value == 99
        elif pairs:
            text += f"{value:02}"
        else:
            text += chr(value + 32)
    return text
