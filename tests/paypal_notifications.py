"""PayPal's own notifications, as its simulator sent and signed them (tests/unit/paypal_notifications.json)."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate, load_pem_x509_certificate

from tests.local_paypal import Note


@cache
def known() -> dict[str, Any]:
    """The whole file."""
    return dict(json.loads((Path(__file__).parent / "unit" / "paypal_notifications.json").read_text()))


def signed() -> dict[str, Note]:
    """The signed ones by their names."""
    return {each["name"]: Note(each["raw_body"].encode(), each["headers"]) for each in known()["signed"]}


def sent_at(note: Note) -> datetime:
    """When it was sent."""
    return datetime.fromisoformat(note.headers["paypal-transmission-time"])


def chain() -> list[Certificate]:
    """The certificate that they are signed by, and the one above it."""
    return [load_pem_x509_certificate(known()[name].encode()) for name in ("certificate", "issuer")]


def root() -> Certificate:
    """Who vouches for them."""
    return load_pem_x509_certificate(known()["root"].encode())
