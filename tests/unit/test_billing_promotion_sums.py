"""What holds for every purchase, whatever is promised: prices, discounts and refunds add up."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.billing.promotions.deciding import Goods, decide
from shared.billing.promotions.decisions import Decision
from shared.billing.promotions.offers import Offer
from shared.kernel.money import Money
from shared.orders.refund_rules import Part, Wish, compose
from shared.pricing.prices import Line, price, weight_of
from shared.pricing.quote import Quote
from shared.pricing.shipping import options
from shared.pricing.vat import Destination, TaxRules
from tests.unit.test_billing_promotions import BOOKS, MUGS, NOW, offer, reasons

OFFERS = st.builds(
    lambda percent, points, off, stackable, automatic, only, budget, least: (
        {
            "stackable": stackable,
            "automatic": automatic,
            "targets": only,
            "budget_amount": budget,
            "minimum_amount": least,
            **(
                {"basis_points": points, "has_terms": budget is not None or least is not None}
                if percent
                else {"type": "fixed", "basis_points": None, "off_amount": off, "has_terms": True}
            ),
        }
    ),
    st.booleans(),
    st.integers(1, 10_000),
    st.integers(1, 20_000),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from([MUGS, BOOKS, UUID(int=300)]), max_size=2),
    st.none() | st.integers(1, 30_000),
    st.none() | st.integers(1, 30_000),
)
LINES = st.lists(
    st.tuples(
        st.integers(0, 9_999),
        st.integers(1, 9),
        st.sampled_from(["standard", "reduced", "exempt"]),
        st.frozensets(st.sampled_from([MUGS, BOOKS])),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)
PLACES = st.sampled_from(
    [
        None,
        Destination("FR", "75001"),
        Destination("BE", "1000"),
        Destination("BE", "1000", "BE0417497106"),
        Destination("CH", "1200"),
    ]
)


def purchase(
    told: list[dict[str, Any]], bought: list[Any], to: Destination | None, with_tax: bool
) -> tuple[list[Offer], list[Goods], Decision, Quote]:
    """What is decided about random offers and goods, and priced."""
    offers = []
    for number, each in enumerate(told, 1):
        more = {name: value for name, value in each.items() if name != "automatic"}
        offers.append(offer(number, None if each["automatic"] else f"CODE{number}", **more))
    lines = [
        Line(f"line{n}", Money(unit, "EUR"), units, category, 200, shipped)
        for n, (unit, units, category, _, shipped) in enumerate(bought)
    ]
    goods = [
        Goods(line.key, line.unit_price.amount * line.quantity, known)
        for line, (_, _, _, known, _) in zip(lines, bought, strict=True)
    ]
    codes = [each.code for each in offers if each.code]
    decision = decide(offers, goods, codes, currency="EUR", now=NOW)
    day = date(2026, 11, 20)
    offered = options({}, to.country, to.postcode, weight_of(lines), day) if to else []
    quote = price(
        lines,
        promotions=decision.discounts,
        to=to,
        shipping=offered[0] if offered else None,
        rules=TaxRules(prices_include_tax=with_tax),
        on=day,
        currency="EUR",
    )
    return offers, goods, decision, quote


@settings(max_examples=150)
@given(st.lists(OFFERS, max_size=5), LINES, PLACES, st.booleans())
def test_whatever_is_promised_the_figures_add_up(
    told: list[dict[str, Any]], bought: list[Any], to: Destination | None, with_tax: bool
) -> None:
    _, goods, decision, quote = purchase(told, bought, to, with_tax)
    worth = sum(each.amount for each in goods)
    given_in_all = sum(decision.gives(each) for each in decision.offers)
    assert 0 <= given_in_all <= worth
    assert {key: money.amount for key, money in quote.promotions.items()} == decision.given
    assert all(0 <= line.discount.amount <= line.subtotal.amount for line in quote.lines)
    assert sum(line.discount.amount for line in quote.lines) == quote.discount.amount
    shipped = sum(each.net.amount + each.tax.amount for each in quote.shipping_lines)
    assert sum(line.gross.amount for line in quote.lines) + shipped == quote.total.amount >= 0
    for each in decision.offers:
        assert decision.gives(each) > 0
        assert each.budget_amount is None or decision.gives(each) <= each.budget_amount


@settings(max_examples=100)
@given(st.lists(OFFERS, max_size=4), LINES)
def test_the_buyer_gets_no_less_than_by_any_single_promotion_and_each_code_is_accounted_for(
    told: list[dict[str, Any]], bought: list[Any]
) -> None:
    offers, goods, decision, _ = purchase(told, bought, None, True)
    total = sum(decision.given.values())
    for each in offers:
        alone = decide([each], goods, [each.code] if each.code else [], currency="EUR", now=NOW)
        assert sum(alone.given.values()) <= total or each.stackable
    applied = {each.code for each in decision.offers if each.code}
    assert applied | {fallen.code for fallen in decision.fallen} == {
        each.code for each in offers if each.code
    }
    assert not applied & {fallen.code for fallen in decision.fallen}
    assert len(decision.offers) <= 1 or all(each.stackable for each in decision.offers)


@settings(max_examples=40)
@given(st.lists(OFFERS, min_size=2, max_size=3), LINES)
def test_in_which_order_codes_are_typed_changes_nothing(
    told: list[dict[str, Any]], bought: list[Any]
) -> None:
    offers, goods, decision, _ = purchase(told, bought, None, True)
    for other in permutations(offers):
        again = decide(other, goods, [each.code for each in other if each.code], currency="EUR", now=NOW)
        assert again.given == decision.given
        assert reasons(again) == reasons(decision)


@settings(max_examples=100)
@given(
    st.lists(OFFERS, min_size=1, max_size=3),
    LINES,
    PLACES,
    st.booleans(),
    st.lists(st.integers(1, 5_000), max_size=6),
)
def test_refunds_of_a_discounted_order_give_back_what_was_paid_and_no_cent_more(
    told: list[dict[str, Any]],
    bought: list[Any],
    to: Destination | None,
    with_tax: bool,
    amounts: list[int],
) -> None:
    _, _, _, quote = purchase(told, bought, to, with_tax)
    parts = [
        Part(
            line.key,
            line.gross.amount,
            line.tax.amount,
            line.discount.amount,
            line.basis_points,
            line.quantity,
        )
        for line in quote.lines
    ]
    parts += [
        Part(
            f"s{each.basis_points}", each.net.amount + each.tax.amount, each.tax.amount, 0, each.basis_points
        )
        for each in quote.shipping_lines
    ]
    back = tax = discount = 0
    for amount in [*amounts, None]:
        left = sum(part.left for part in parts)
        if left == 0:
            break
        wish_for = Wish(amount=min(amount, left)) if amount else Wish()
        composed = compose(parts, 0, left, wish_for)
        shares = {share.key: share for share in composed.shares}
        back += composed.amount
        tax += sum(share.tax for share in composed.shares)
        discount += sum(share.discount for share in composed.shares)
        parts = [_refunded(part, shares) for part in parts]
    assert (back, tax) == (quote.total.amount, quote.tax.amount)
    paid_lines = [line for line in quote.lines if line.gross.amount]
    assert discount == sum(line.discount.amount for line in paid_lines)


def _refunded(part: Part, shares: dict[str, Any]) -> Part:
    share = shares.get(part.key)
    if share is None:
        return part
    return replace(part, refunded=part.refunded + share.gross, returned=part.returned + share.quantity)
