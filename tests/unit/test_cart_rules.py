"""A cart's lines, its language, and what stands before its checkout."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cart.contents import Contents, units_of
from shared.cart.creation import new_cart
from shared.cart.editing import line_of, with_added, with_quantity
from shared.cart.lines import MAX_LINES, MAX_QUANTITY, grown, price_kept, room_for
from shared.cart.pricing import priced_lines
from shared.cart.problems import can_checkout, problems
from shared.cart.records import CartRecord, LineRecord
from shared.cart.refusals import CartFull, CartItemNotFound, QuantityTooLarge
from shared.cart.shapes import AddItem
from shared.cart.view import as_cart
from shared.catalog.variants import ForSale
from shared.inventory.holding import Standing
from shared.kernel.languages import preferred_language
from shared.kernel.money import Money
from shared.platform.brands import Brand

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BRAND = Brand(uuid4(), "maison", "Maison", "fr", "Europe/Paris", "EUR", "https://maison.example")
TAX = st.sampled_from(["standard", "reduced", "intermediate", "super_reduced", "exempt"])


def an_empty_cart() -> CartRecord:
    return new_cart(BRAND, NOW, currency=None, email=None, locale=None, languages="")


def goods(variant: UUID, price: int, tax: str = "standard", points: int | None = None) -> ForSale:
    return ForSale(
        variant_id=variant, product_id=uuid4(), slug="mug", sku="MUG", title="Mug", variant_title="Blue", options={},
        kind="physical", fulfillment_method="stock", partner_id=None, min_level=None, tax_category=tax, weight_g=300,
        price=Money(price, "EUR"), compare_at=None, price_points=points, image=None,
    )  # fmt: skip


@st.composite
def carts(draw: st.DrawFn) -> Contents:
    """A cart in which lines, goods and stock may each say something else."""
    variants = [UUID(int=index + 1) for index in range(draw(st.integers(0, 6)))]
    lines, sold, stock = [], {}, {}
    for variant in variants:
        for pay_with in draw(st.sampled_from([["money"], ["points"], ["money", "points"]])):
            points = draw(st.integers(1, 10_000)) if pay_with == "points" else None
            price = 0 if points else draw(st.integers(0, 10**7))
            quantity = draw(st.integers(1, MAX_QUANTITY))
            lines.append(LineRecord(uuid4(), variant, pay_with, "MUG", "Mug", quantity, price, points))
        if draw(st.booleans()):
            sold[variant] = goods(
                variant, draw(st.integers(0, 10**7)), draw(TAX), draw(st.none() | st.just(70))
            )
        if draw(st.booleans()):
            stock[variant] = Standing(0, None, draw(st.integers(0, 3000)), draw(st.booleans()))
    return Contents(an_empty_cart(), lines, units_of(lines), sold, stock)


@given(carts())
def test_the_lines_and_the_shipping_sum_to_the_total_to_the_cent(contents: Contents) -> None:
    cart = as_cart(contents, BRAND, NOW)
    total = sum(line.line_total.amount for line in cart.items) + cart.totals.shipping.amount
    assert cart.totals.total.amount == total
    assert cart.totals.subtotal.amount - cart.totals.discount.amount + cart.totals.shipping.amount == total
    assert 0 <= cart.totals.tax.amount <= total
    assert cart.totals.points == sum((line.unit_points or 0) * line.quantity for line in cart.items)
    assert [line.line_total.amount for line in cart.items] == [
        line.unit_price.amount * line.quantity for line in cart.items
    ]


@given(carts())
def test_a_cart_can_be_checked_out_exactly_when_nothing_blocking_is_said(contents: Contents) -> None:
    found = problems(contents)
    assert can_checkout(found) == (not [problem for problem in found if problem.blocking])
    ways = {line.pay_with for line in contents.lines}
    fine = (
        len(ways) == 1
        and all(line.variant_id in contents.goods for line in contents.lines)
        and all(units <= contents.available(variant) for variant, units in contents.units.items())
    )
    assert can_checkout(found) == fine


@given(carts())
def test_each_line_is_priced_once_under_its_own_key(contents: Contents) -> None:
    keys = [line.key for line in priced_lines(contents)]
    assert len(set(keys)) == len(contents.lines)


@given(carts(), st.integers(1, MAX_QUANTITY), st.integers(0, 10**7))
def test_adding_grows_one_line_by_just_that_and_leaves_the_others_alone(
    contents: Contents, added: int, price: int
) -> None:
    variant = UUID(int=1)
    ask = AddItem(variant_id=variant, quantity=added)
    before = next(
        (each for each in contents.lines if (each.variant_id, each.pay_with) == (variant, "money")), None
    )
    had = before.quantity if before else 0
    if had + added > MAX_QUANTITY:
        with pytest.raises(QuantityTooLarge):
            with_added(contents.lines, goods(variant, price), ask, NOW)
        return
    line, lines = with_added(contents.lines, goods(variant, price), ask, NOW)
    assert (line.quantity, line.unit_price_amount) == (had + added, price)
    assert sum(each.quantity for each in lines) == sum(each.quantity for each in contents.lines) + added
    assert [each for each in lines if each.id != line.id] == [
        each for each in contents.lines if each.id != line.id
    ]


@given(st.integers(1, MAX_QUANTITY), st.integers(1, MAX_QUANTITY))
def test_a_changed_line_keeps_its_price_unless_it_grows(before: int, after: int) -> None:
    line = LineRecord(uuid4(), UUID(int=1), "money", "MUG", "Mug", before, 1000, None)
    changed, lines = with_quantity([line], line, goods(UUID(int=1), 1500), after)
    assert lines == [changed]
    assert changed.quantity == after
    assert changed.unit_price_amount == (1500 if after > before else 1000)
    assert price_kept(before, after) == (after <= before)


def test_the_limits_are_a_hundred_lines_of_999_units() -> None:
    assert (MAX_LINES, MAX_QUANTITY) == (100, 999)
    room_for(100)
    with pytest.raises(CartFull):
        room_for(101)
    assert grown(998, 1) == 999
    with pytest.raises(QuantityTooLarge) as refused:
        grown(999, 1)
    assert refused.value.extra == {"max_quantity": 999, "quantity_in_cart": 999}


def test_a_line_is_found_by_its_id_or_not_at_all() -> None:
    line = LineRecord(uuid4(), uuid4(), "money", "MUG", "Mug", 1, 1000, None)
    assert line_of([line], line.id) is line
    with pytest.raises(CartItemNotFound):
        line_of([line], uuid4())


@given(st.text(max_size=200))
def test_whatever_a_browser_says_of_languages_is_a_harmless_tag_or_nothing(languages: str) -> None:
    found = preferred_language(languages)
    assert found is None or (found.replace("-", "").isalnum() and found.isascii() and len(found) <= 20)
