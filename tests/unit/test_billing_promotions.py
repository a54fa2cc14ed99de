"""Which promotions a purchase gets: cases by hand, and what holds for every purchase."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from shared.billing.promotions.codes import ALPHABET, normal, random_code
from shared.billing.promotions.deciding import Goods, decide
from shared.billing.promotions.decisions import Decision
from shared.billing.promotions.offers import Offer, Reason, covers
from shared.billing.promotions.refusals import PromotionInconsistent
from shared.billing.promotions.terms import PromotionWish, check
from shared.billing.promotions.words import REFUSALS, refused, said_of
from shared.kernel.money import Money

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MUGS, BOOKS = UUID(int=100), UUID(int=200)


def offer(number: int = 1, code: str | None = "TEN", **more: Any) -> Offer:
    """Ten per cent off everything, unless told otherwise."""
    usual: dict[str, Any] = {
        "id": UUID(int=number),
        "name": "Ten",
        "code": code,
        "type": "percentage",
        "basis_points": 1000,
        "applies_to": "orders",
        "targets": frozenset(),
        "starts_at": NOW - timedelta(days=1),
        "ends_at": None,
        "is_active": True,
        "stackable": False,
        "new_customers_only": False,
        "max_uses": None,
        "max_uses_per_user": None,
        "uses": 0,
        "code_used": False,
        "used_by_buyer": 0,
        "is_known_buyer": False,
        "has_terms": False,
        "off_amount": None,
        "minimum_amount": None,
        "budget_amount": None,
        "spent_amount": 0,
    }
    return Offer(**(usual | more))


def amount_off(amount: int, number: int = 2, code: str | None = "FIVE", **more: Any) -> Offer:
    """So many cents off."""
    return offer(number, code, type="fixed", basis_points=None, has_terms=True, off_amount=amount, **more)


MUG, BOOK = Goods("mug", 3000, frozenset({MUGS})), Goods("book", 1000, frozenset({BOOKS}))


def decided(
    *offers: Offer, codes: tuple[str, ...] | None = None, goods: tuple[Goods, ...] = (MUG, BOOK)
) -> Decision:
    typed = codes if codes is not None else tuple(each.code for each in offers if each.code)
    return decide(offers, goods, typed, currency="EUR", now=NOW)


def given_by(decision: Decision) -> dict[str | None, int]:
    return {each.code: decision.gives(each) for each in decision.offers}


def reasons(decision: Decision) -> dict[str, Reason]:
    return {fallen.code: fallen.reason for fallen in decision.fallen}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"is_active": False}, Reason.INACTIVE),
        ({"starts_at": NOW + timedelta(seconds=1)}, Reason.NOT_STARTED),
        ({"ends_at": NOW}, Reason.EXPIRED),
        ({"max_uses": 3, "uses": 3}, Reason.EXHAUSTED),
        ({"max_uses_per_user": 1, "used_by_buyer": 1}, Reason.ALREADY_USED),
        ({"code_used": True}, Reason.ALREADY_USED),
        ({"new_customers_only": True, "is_known_buyer": True}, Reason.NOT_APPLICABLE),
        ({"new_customers_only": True, "used_by_buyer": 1}, Reason.ALREADY_USED),
        ({"applies_to": "first_payment"}, Reason.NOT_APPLICABLE),
        ({"targets": frozenset({UUID(int=300)})}, Reason.NOT_APPLICABLE),
        ({"minimum_amount": 4001, "has_terms": True}, Reason.NOT_APPLICABLE),
        ({"has_terms": True}, Reason.NOT_APPLICABLE),
        ({"budget_amount": 1000, "spent_amount": 601, "has_terms": True}, Reason.EXHAUSTED),
    ],
)
def test_a_code_falls_for_a_precise_reason(changed: dict[str, Any], reason: Reason) -> None:
    decision = decided(offer(**changed))
    assert (decision.offers, decision.discounts, reasons(decision)) == ((), (), {"TEN": reason})


@pytest.mark.parametrize(
    "changed",
    [
        {"ends_at": NOW + timedelta(seconds=1)},
        {"starts_at": NOW},
        {"max_uses": 3, "uses": 2},
        {"max_uses_per_user": 2, "used_by_buyer": 1},
        {"minimum_amount": 4000, "has_terms": True},
        {"budget_amount": 1000, "spent_amount": 600, "has_terms": True},
    ],
)
def test_a_code_holds_up_to_its_very_limits(changed: dict[str, Any]) -> None:
    assert given_by(decided(offer(**changed))) == {"TEN": 400}


def test_a_code_that_nobody_knows_is_unknown() -> None:
    assert reasons(decided(codes=("NOPE",))) == {"NOPE": Reason.UNKNOWN}


def test_a_minimum_counts_the_goods_that_the_promotion_is_for() -> None:
    ten = offer(targets=frozenset({BOOKS}), minimum_amount=1001, has_terms=True)
    [fallen] = decided(ten).fallen
    assert (fallen.reason, fallen.minimum) == (Reason.NOT_APPLICABLE, Money(1001, "EUR"))
    assert said_of(fallen) == "“TEN” asks for goods worth 10.01 EUR or more."
    assert given_by(decided(ten._replace(minimum_amount=1000))) == {"TEN": 100}


def test_those_that_are_stackable_go_together_percentages_first() -> None:
    both = decided(amount_off(500, stackable=True), offer(3, stackable=True))
    assert given_by(both) == {"FIVE": 500, "TEN": 400}


def test_one_that_is_not_stackable_stands_alone_and_the_buyer_gets_what_takes_most_off() -> None:
    alone = offer(1, "TWENTY", basis_points=2000)
    small = decided(alone, amount_off(500, stackable=True))
    assert (given_by(small), reasons(small)) == ({"TWENTY": 800}, {"FIVE": Reason.NOT_COMBINED})
    large = decided(alone, amount_off(500, stackable=True), offer(3, stackable=True))
    assert (given_by(large), reasons(large)) == ({"TEN": 400, "FIVE": 500}, {"TWENTY": Reason.NOT_COMBINED})


def test_what_applies_by_itself_needs_no_code_and_gives_way_to_what_gives_more() -> None:
    itself = offer(1, None)
    assert given_by(decided(itself)) == {None: 400}
    assert given_by(decided(itself, amount_off(500))) == {"FIVE": 500}
    assert reasons(decided(itself, amount_off(300))) == {"FIVE": Reason.NOT_COMBINED}
    assert given_by(decided(itself, offer(2, "TEN"))) == {"TEN": 400}, (
        "what was typed, of two that give as much"
    )


def test_two_codes_of_one_promotion_are_used_once() -> None:
    decision = decided(offer(1, "ONE"), offer(1, "TWO"))
    assert (given_by(decision), reasons(decision)) == ({"ONE": 400}, {"TWO": Reason.NOT_COMBINED})


def test_a_budget_is_kept_by_what_goes_together_too() -> None:
    scarce = amount_off(500, stackable=True, budget_amount=499)
    decision = decided(scarce, offer(3, stackable=True))
    assert (given_by(decision), reasons(decision)) == ({"TEN": 400}, {"FIVE": Reason.EXHAUSTED})


def test_what_has_nothing_left_to_take_off_is_not_used() -> None:
    decision = decided(offer(1, "ALL", basis_points=10_000, stackable=True), amount_off(500, stackable=True))
    assert (given_by(decision), reasons(decision)) == ({"ALL": 4000}, {"FIVE": Reason.NOT_COMBINED})


def test_lines_had_for_points_are_nothing_to_take_from() -> None:
    assert reasons(decided(offer(), goods=(Goods("mug", 0, frozenset()),))) == {"TEN": Reason.NOT_APPLICABLE}


def test_subscriptions_have_their_own_occasions() -> None:
    occasions = ("orders", "first_payment", "renewals")
    covered = {kind: [covers(kind, each) for each in occasions] for kind in (*occasions, "both")}  # type: ignore[arg-type]
    assert covered == {
        "orders": [True, False, False],
        "first_payment": [False, True, False],
        "renewals": [False, False, True],
        "both": [False, True, True],
    }


def test_every_reason_but_being_outdone_is_a_refusal_and_has_words() -> None:
    assert REFUSALS.keys() == set(Reason) - {Reason.NOT_COMBINED}
    for reason in REFUSALS:
        [fallen] = decided(codes=("X1",)).fallen
        refusal = refused(fallen._replace(reason=reason), totals={})
        assert refusal.code() == f"promotion_{reason}"
        assert (refusal.extra["promotion_code"], refusal.detail[:4]) == ("X1", "“X1”")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" welcome 10 ", "WELCOME10"),
        ("été", None),
        ("A", None),
        ("A" * 41, None),
        ("-A1", None),
        ("ab_c-1", "AB_C-1"),
        ("İSTANBUL", None),
        ("A1\n", "A1"),
        ("١٢", None),
    ],
)
def test_a_code_is_the_same_however_it_is_typed(typed: str, code: str | None) -> None:
    assert normal(typed) == code


def test_drawn_codes_are_normal_all_different_and_without_what_is_mistaken_for_something_else() -> None:
    drawn = {random_code("SPRING") for _ in range(5000)}
    assert len(drawn) == 5000
    assert all(normal(code) == code for code in drawn)
    assert not set("0OQ1IL2Z5S8BUV") & set(ALPHABET)


def wish(**more: Any) -> PromotionWish:
    return PromotionWish.model_validate({"name": "N", "type": "percentage", "value": Decimal(10)} | more)


@pytest.mark.parametrize(
    "more",
    [
        {"type": "fixed"},
        {"value": [Money(500, "EUR")]},
        {"type": "fixed", "value": []},
        {"type": "fixed", "value": [Money(500, "EUR")], "minimum_amount": [Money(900, "CHF")]},
        {"is_auto_apply": True, "code": "TEN"},
        {"ends_at": NOW},
        {"new_customers_only": True, "max_uses_per_user": 2},
    ],
)
def test_terms_that_contradict_each_other_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(PromotionInconsistent):
        check(wish(**more), NOW)
