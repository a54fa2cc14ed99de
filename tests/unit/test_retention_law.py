"""How long law makes a shop keep what, and what an erasure therefore does with an order."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.retention_law import ACCOUNTING, accounting, kept_until
from shared.orders.lifecycle import Status
from shared.orders.privacy import OPEN, OPEN_AT_MOST, blanked, judge
from shared.platform.personal_data import BLANK, Kept, merged, pseudonym

LAW = ACCOUNTING["FR"]
PAID = datetime(2026, 3, 15, tzinfo=UTC)
SOON = PAID + timedelta(days=40)


def test_ten_years_count_from_the_end_of_the_year() -> None:
    assert kept_until(LAW, PAID) == datetime(2037, 1, 1, tzinfo=UTC)
    assert accounting("XX").years == 10


def test_a_closed_order_keeps_its_figures_and_forgets_its_buyer() -> None:
    verdict = judge(Status.COMPLETED, False, PAID, LAW, SOON)
    assert (verdict.leave, verdict.keeps_business) == (False, False)
    assert verdict.kept == (Kept("accounting", LAW.name, datetime(2037, 1, 1, tzinfo=UTC)),)


def test_a_business_buyer_stays_on_the_invoice_as_long_as_the_law_says() -> None:
    assert judge(Status.COMPLETED, True, PAID, LAW, SOON).keeps_business
    after = judge(Status.COMPLETED, True, PAID, LAW, datetime(2037, 1, 1, tzinfo=UTC))
    assert (after.keeps_business, after.kept) == (False, ())


@pytest.mark.parametrize("status", OPEN)
def test_an_open_order_waits_until_it_is_settled_and_not_for_ever(status: Status) -> None:
    waiting = judge(status, False, PAID, LAW, SOON)
    assert (waiting.leave, waiting.kept[0].until) == (True, None)
    assert not judge(status, False, PAID, LAW, PAID + OPEN_AT_MOST).leave


def test_what_was_never_paid_is_kept_by_no_law() -> None:
    assert judge(Status.CANCELLED, True, PAID, LAW, SOON).kept == ()


@given(st.sampled_from(Status), st.booleans(), st.integers(0, 20 * 365))
def test_whatever_is_left_says_why(status: Status, business: bool, days: int) -> None:
    verdict = judge(status, business, PAID, LAW, PAID + timedelta(days=days))
    assert not (verdict.leave or verdict.keeps_business) or verdict.kept


def test_of_an_address_only_the_country_is_left() -> None:
    left = blanked(
        {"first_name": "Ada", "line1": "1 rue", "phone": "+33", "vat_number": "FR1", "country": "FR"}
    )
    assert left["country"] == "FR"
    assert set(left.values()) == {"FR", BLANK}


def test_the_longest_of_the_same_matter_counts() -> None:
    early, late = (Kept("accounting", "L", datetime(year, 1, 1, tzinfo=UTC)) for year in (2030, 2035))
    open_end, other = Kept("accounting", "L"), Kept("answer", "L", early.until)
    assert merged([early, late, other]) == [late, other]
    assert merged([open_end, late]) == [open_end]
    assert merged([late, open_end]) == [open_end]


def test_a_pseudonym_is_nobodys_address() -> None:
    assert pseudonym(UUID(int=7)).endswith("@erased.invalid")
