"""Carts that were left, with the clock moved: three reminders, a link that gives the cart back, none for who has bought or is held out."""

import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local.demo import ids
from tests.journeys.books import assert_stock_reconciles
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import Shopper, Staff, levels

pytestmark = pytest.mark.usefixtures("unlimited")

NOTEBOOK = ids.variant(9, 2)
MINUTE, DAY = 60, 86_400
_BRAND_KEPT = 31
REMINDERS = ("cart_reminder", "cart_second_reminder", "cart_last_reminder")


def leaving(run: LocalRun) -> Shopper:
    """A guest who says who they are, and leaves."""
    buyer = Shopper(run).filled(NOTEBOOK)
    told = run.http.patch(
        f"/v1/store/cart/{buyer.cart['id']}",
        json={"email": buyer.email, "address": {"country": "FR", "postcode": "75002"}},
        headers=buyer.headers(),
    )
    assert told.status_code == 200, told.text
    assert told.json()["totals"]["shipping"]["amount"] > 0
    return buyer


def later(run: LocalRun, seconds: float) -> None:
    """Let time pass, and the jobs look."""
    run.advance(seconds)
    for job in ("scan_abandoned_carts", "send_recovery_mails"):
        assert run.run_job(job)["failed"] == 0
    run.settle()


def reminders(run: LocalRun, buyer: Shopper) -> list[str]:
    """The templates of the reminders they got, the first one first."""
    return [mail["template"] for mail in reversed(run.mails(buyer.email)) if "cart" in mail["template"]]


def token_of(run: LocalRun, buyer: Shopper) -> str:
    """The token in the link of the last reminder."""
    [mail] = run.mails(buyer.email, REMINDERS[0])
    link = next(link for link in mail["links"] if "/cart/recover?" in link)
    return str(parse_qs(urlsplit(link).query)["token"][0])


def cart_as_staff_see(run: LocalRun, buyer: Shopper) -> dict[str, Any]:
    answer = Staff(run).get(f"/v1/admin/carts/{buyer.cart['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.fixture
def nobody_mailed(run: LocalRun) -> Iterator[LocalRun]:
    """The run while all carts are held out."""
    _choose(run, {"hold_out_percent": 100})
    yield run
    _settings(run, None)


def _choose(run: LocalRun, recovery: dict[str, Any]) -> None:
    _settings(run, recovery)
    # So long a warm function may go by what it knows of a brand.
    time.sleep(_BRAND_KEPT)


def _settings(run: LocalRun, recovery: dict[str, Any] | None) -> None:
    admin = Staff(run, "admin@demo.test")
    answer = run.http.patch("/v1/admin/settings", json={"recovery": recovery}, headers=admin.headers)
    assert answer.status_code == 200, answer.text


def test_three_reminders_each_in_its_time_and_none_for_who_comes_back_or_buys(run: LocalRun) -> None:
    faithful, returning, buying = leaving(run), leaving(run), leaving(run)
    later(run, 61 * MINUTE)
    found = Staff(run).get("/v1/admin/carts", status="ABANDONED", q=faithful.email).json()["data"]
    assert [cart["id"] for cart in found] == [faithful.cart["id"]]
    assert found[0]["score"] > 0
    assert reminders(run, faithful) == []

    later(run, 31 * MINUTE)
    for buyer in (faithful, returning, buying):
        assert reminders(run, buyer) == ["cart_reminder"]
    before = levels(Staff(run).stock(NOTEBOOK))
    opened = run.http.post("/v1/store/cart/recover", json={"token": token_of(run, returning)})
    assert opened.status_code == 200, opened.text
    assert (opened.json()["changes"], opened.json()["status"]) == ([], "active")
    assert opened.json()["reservation_expires_at"]
    assert levels(Staff(run).stock(NOTEBOOK)) == (before[0], before[1] + 1, before[2] - 1)
    again = run.http.post("/v1/store/cart/recover", json={"token": token_of(run, returning)})
    assert (again.status_code, again.json()["code"]) == (409, "recovery_link_used")
    returning.token = opened.json()["token"]
    for back in (returning, buying):
        assert back.check_out().status_code == 201
        assert back.pay().json()["status"] == "succeeded"
    run.settle()

    later(run, DAY)
    later(run, 2 * DAY)
    assert reminders(run, faithful) == list(REMINDERS)
    for back in (returning, buying):
        assert reminders(run, back) == ["cart_reminder"]
        steps = cart_as_staff_see(run, back)["reminders"]
        assert [bool(step["sent_at"]) for step in steps] == [True, False, False]
        assert {step["cancel_reason"] for step in steps[1:]} <= {"bought", "recovered"}
    assert cart_as_staff_see(run, returning)["recovered_at"]
    [mail] = run.mails(faithful.email, REMINDERS[2])
    ending = mail["headers"]["List-Unsubscribe"].strip("<>")
    done = run.http.post(ending.replace(urlsplit(ending).netloc, urlsplit(run.url).netloc))
    assert done.json() == {"unsubscribed": True}
    assert_stock_reconciles(run)


def test_who_is_held_out_gets_none(nobody_mailed: LocalRun) -> None:
    run = nobody_mailed
    buyer = leaving(run)
    later(run, 61 * MINUTE)
    later(run, 31 * MINUTE)
    later(run, DAY)
    later(run, 3 * DAY)
    assert reminders(run, buyer) == []
    cart = cart_as_staff_see(run, buyer)
    assert cart["held_out"] is True
    assert {step["cancel_reason"] for step in cart["reminders"]} == {"held_out"}


def test_a_guest_s_cart_comes_along_at_sign_in(run: LocalRun) -> None:
    email, password = f"{uuid.uuid4().hex[:12]}@example.com", "another-demo-Passw0rd!"
    first = Shopper(run).filled(NOTEBOOK)
    body = {"email": email, "password": password, "first_name": "A", "last_name": "B", "accepted_terms": True}
    entered = run.http.post("/v1/auth/register", json=body, headers={"X-Cart-Token": first.token})
    assert entered.status_code == 201, entered.text
    second = Shopper(run).filled(NOTEBOOK)
    login = {"email": email, "password": password}
    session = run.http.post("/v1/auth/login", json=login, headers={"X-Cart-Token": second.token}).json()
    mine = {"Authorization": f"Bearer {session['access_token']}"}
    cart = run.http.get(f"/v1/store/cart/{second.cart['id']}", headers=mine).json()
    assert (cart["id"], [line["quantity"] for line in cart["items"]]) == (first.cart["id"], [2])
    third = Shopper(run).filled(NOTEBOOK)
    path = f"/v1/store/cart/{third.cart['id']}/merge"
    merged = run.http.post(path, headers=mine | {"X-Cart-Token": third.token})
    assert merged.status_code == 200, merged.text
    assert [line["quantity"] for line in merged.json()["items"]] == [3]
    assert_stock_reconciles(run)
