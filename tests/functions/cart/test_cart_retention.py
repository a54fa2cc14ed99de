"""What carts know of people is forgotten a year after they were last touched, and links when they have ended."""

import pytest

from functions.platform.purge_expired import handler as purge_expired
from shared.platform.brands import Brand
from tests.buyers import for_sale
from tests.gateway import Bus
from tests.leavers import filled, left, scan, send, steps
from tests.people import rows
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer")


def test_closed_carts_become_nobody_s_after_a_year_and_open_ones_stay(
    brand: Brand, at: Clock, bus: Bus
) -> None:
    forgotten = left(brand, at)
    at.move(minutes=30)
    send()
    at.move(days=91)
    scan()
    at.move(days=273)
    kept = filled(brand, "bob@example.com")
    purge_expired({}, None)
    assert {row.email for row in rows(brand, "SELECT email FROM cart.carts")} == {
        "lea@example.com",
        "bob@example.com",
    }
    at.move(days=1)
    purge_expired({}, None)
    assert {row.email for row in rows(brand, "SELECT email FROM cart.carts")} == {None, "bob@example.com"}
    assert rows(brand, "SELECT 1 FROM cart.cart_recovery_emails WHERE email_key IS NOT NULL") == []
    assert steps(brand, forgotten)[0] == "sent"
    assert kept.add(for_sale(brand)).status == 201


def test_links_are_deleted_when_they_have_ended(brand: Brand, at: Clock, bus: Bus) -> None:
    left(brand, at)
    at.move(minutes=30)
    send()
    at.move(days=13)
    purge_expired({}, None)
    assert len(rows(brand, "SELECT 1 FROM cart.cart_recovery_tokens")) == 1
    at.move(days=1)
    purge_expired({}, None)
    assert rows(brand, "SELECT 1 FROM cart.cart_recovery_tokens") == []
