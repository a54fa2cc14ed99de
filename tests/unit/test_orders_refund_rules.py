"""The algebra of refunds: whatever is given back, in whatever order, adds up to what was paid, line by line and tax by tax."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.orders.refund_rules import (
    Composition,
    ItemNotInOrder,
    NothingLeftToRefund,
    Part,
    RefundTooLarge,
    RestockNeedsLines,
    UnitsNotLeft,
    Wish,
    compose,
    cut,
    over_limit,
    spread,
)

_RATES = st.sampled_from([0, 550, 1000, 2000, 2100])


@st.composite
def lines(draw: st.DrawFn) -> Part:
    quantity = draw(st.integers(1, 7))
    gross = draw(st.integers(0, 50_000))
    return Part(
        key="",
        gross=gross,
        tax=draw(st.integers(0, gross)),
        discount=draw(st.integers(0, 20_000)),
        basis_points=draw(_RATES),
        quantity=quantity,
    )


@st.composite
def sold(draw: st.DrawFn) -> list[Part]:
    found = draw(st.lists(lines(), min_size=1, max_size=4))
    named = [_named(part, f"line-{number}") for number, part in enumerate(found)]
    sent = draw(st.integers(0, 2_000))
    tax = draw(st.integers(0, sent))
    return [*named, Part(key="shipping:2000", gross=sent, tax=tax, discount=0, basis_points=2000)]


def _named(part: Part, key: str) -> Part:
    return Part(
        key=key,
        gross=part.gross,
        tax=part.tax,
        discount=part.discount,
        basis_points=part.basis_points,
        quantity=part.quantity,
    )


class Book:
    """An order in memory: what was sold, what was paid, and what has gone back of it."""

    def __init__(self, parts: list[Part], paid: int) -> None:
        self.parts, self.paid = {part.key: part for part in parts}, paid
        self.total = sum(part.gross for part in parts)
        self.given: list[Composition] = []

    @property
    def left(self) -> int:
        return self.paid - sum(each.amount for each in self.given)

    @property
    def surplus(self) -> int:
        return max(0, self.paid - self.total) - sum(each.surplus for each in self.given)

    def refund(self, wish: Wish) -> Composition:
        made = compose(list(self.parts.values()), self.surplus, self.left, wish)
        self.take(made)
        return made

    def take(self, made: Composition) -> None:
        self.given.append(made)
        for share in made.shares:
            part = self.parts[share.key]
            self.parts[share.key] = Part(
                **{name: getattr(part, name) for name in Part.__slots__}
                | {"refunded": part.refunded + share.gross, "returned": part.returned + share.quantity}
            )

    def check(self) -> None:
        """What holds after every step."""
        assert 0 <= self.left <= self.paid
        for part in self.parts.values():
            shares = [share for made in self.given for share in made.shares if share.key == part.key]
            assert 0 <= part.refunded <= part.gross
            assert 0 <= part.returned <= max(part.quantity, 0)
            assert all(0 <= share.tax <= share.gross and share.discount >= 0 for share in shares)
            assert sum(share.tax for share in shares) <= part.tax
            if part.refunded == part.gross and part.gross:
                assert sum(share.tax for share in shares) == part.tax
                assert sum(share.discount for share in shares) == part.discount
        for made in self.given:
            net_and_tax = sum(net + tax for net, tax in made.tax_lines.values())
            assert made.amount == made.surplus + net_and_tax
            assert all(share.net >= 0 for share in made.shares)


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    amount = draw(st.none() | st.integers(1, 30_000))
    keys = draw(
        st.none() | st.dictionaries(st.sampled_from([f"line-{n}" for n in range(4)]), st.integers(1, 3))
    )
    shipping = draw(st.none() | st.just(10**9))
    return Wish(keys or None, shipping, amount, restock=draw(st.booleans()))


_REFUSALS = (NothingLeftToRefund, RefundTooLarge, ItemNotInOrder, UnitsNotLeft, RestockNeedsLines)


@given(sold(), st.integers(-500, 500), st.lists(wishes(), max_size=6), st.booleans())
def test_whatever_is_wished_for_in_whatever_order_never_exceeds_what_was_paid_and_adds_up(
    parts: list[Part], difference: int, wanted: list[Wish], closing: bool
) -> None:
    book = Book(parts, max(0, sum(part.gross for part in parts) + difference))
    for wish in wanted:
        try:
            made = book.refund(wish)
        except _REFUSALS:
            continue
        assert made.amount > 0
        assert wish.amount is None or made.amount == wish.amount
        book.check()
    if closing and book.left > 0:
        book.refund(Wish())
        book.check()
        assert book.left == 0
        if difference >= 0:
            assert all(part.left == 0 for part in book.parts.values())
            assert book.surplus == 0


@given(sold(), st.randoms(use_true_random=False))
def test_unit_by_unit_in_any_order_comes_to_the_whole_and_the_last_one_takes_what_rounding_left(
    parts: list[Part], shuffled: object
) -> None:
    # A unit that is worth less than a cent goes back with others.
    assume(all(part.gross == 0 or part.gross >= part.quantity for part in parts))
    book = Book(parts, sum(part.gross for part in parts))
    units = [part.key for part in parts for _ in range(part.quantity)]
    shuffled.shuffle(units)  # type: ignore[attr-defined]
    for key in units:
        try:
            book.refund(Wish(lines={key: 1}))
        except NothingLeftToRefund:
            continue
        book.check()
    assert all(part.left == 0 for part in book.parts.values() if part.quantity)
    if book.left:
        made = book.refund(Wish(shipping=10**9))
        assert made.amount == parts[-1].gross
    assert book.left == 0
    lines = {rate: [0, 0] for rate in (0, 550, 1000, 2000, 2100)}
    for each in book.given:
        for rate, (net, tax) in each.tax_lines.items():
            lines[rate][0] += net
            lines[rate][1] += tax
    for rate, (net, tax) in lines.items():
        of_rate = [part for part in parts if part.basis_points == rate]
        assert (net + tax, tax) == (sum(p.gross for p in of_rate), sum(p.tax for p in of_rate))


@given(sold(), st.integers(0, 1000), st.lists(st.integers(1, 10_000), min_size=1, max_size=4))
def test_what_no_single_payment_can_give_back_is_cut_without_losing_a_cent(
    parts: list[Part], surplus: int, amounts: list[int]
) -> None:
    whole = spread(parts, surplus, sum(amounts))
    pieces = cut(parts, whole, amounts)
    assert [piece.amount for piece in pieces] == amounts
    assert sum(piece.surplus for piece in pieces) == whole.surplus
    for share in whole.shares:
        cut_shares = [each for piece in pieces for each in piece.shares if each.key == share.key]
        assert sum(each.gross for each in cut_shares) == share.gross
        assert sum(each.tax for each in cut_shares) == share.tax
        assert sum(each.quantity for each in cut_shares) == share.quantity


MUG = Part("mug", gross=3998, tax=666, discount=0, basis_points=2000, quantity=2)
TEA = Part("tea", gross=1000, tax=52, discount=100, basis_points=550, quantity=3)
SENT = Part("shipping:2000", gross=490, tax=82, discount=0, basis_points=2000)
ALL = [MUG, TEA, SENT]
PAID = 5488


def test_a_line_is_worth_its_price_and_the_last_unit_the_rest() -> None:
    book = Book(ALL, PAID)
    assert [book.refund(Wish(lines={"tea": 1})).amount for _ in range(3)] == [333, 334, 333]
    with pytest.raises(UnitsNotLeft):
        book.refund(Wish(lines={"tea": 1}))


def test_goodwill_given_before_is_taken_off_the_last_unit() -> None:
    book = Book(ALL, PAID)
    book.take(Composition((MUG.share(500),)))
    assert book.refund(Wish(lines={"mug": 1})).amount == 1999
    assert book.refund(Wish(lines={"mug": 1})).amount == 1499


def test_an_amount_comes_out_of_everything_alike_and_what_was_paid_too_much_first() -> None:
    made = compose(ALL, 0, PAID, Wish(amount=549))
    assert {share.key: share.gross for share in made.shares} == {"mug": 400, "tea": 100, "shipping:2000": 49}
    twice = compose(ALL, PAID, 2 * PAID, Wish(amount=PAID))
    assert (twice.surplus, twice.shares) == (PAID, ())


def test_less_than_the_lines_are_worth_may_go_back_for_them_and_never_more() -> None:
    made = compose(ALL, 0, PAID, Wish(lines={"mug": 2}, amount=3000))
    assert (made.amount, made.shares[0].quantity) == (3000, 2)
    with pytest.raises(RefundTooLarge) as refused:
        compose(ALL, 0, PAID, Wish(lines={"mug": 1}, amount=2000))
    assert refused.value.extra == {"refundable": 1999}


def test_what_is_not_there_cannot_go_back() -> None:
    for wish, refusal in (
        (Wish(lines={"cup": 1}), ItemNotInOrder),
        (Wish(lines={"shipping:2000": 1}), ItemNotInOrder),
        (Wish(lines={"mug": 3}), UnitsNotLeft),
        (Wish(amount=PAID + 1), RefundTooLarge),
        (Wish(amount=100, restock=True), RestockNeedsLines),
    ):
        with pytest.raises(refusal):
            compose(ALL, 0, PAID, wish)
    with pytest.raises(NothingLeftToRefund):
        compose(ALL, 0, 0, Wish())


def test_the_whole_amount_is_everything_and_brings_every_unit_back() -> None:
    for wish in (Wish(restock=True), Wish(amount=PAID, restock=True)):
        made = compose(ALL, 0, PAID, wish)
        assert made.amount == PAID
        assert {share.key: share.quantity for share in made.shares} == {
            "mug": 2,
            "tea": 3,
            "shipping:2000": 0,
        }


def test_a_limit_is_for_all_that_was_given_on_an_order() -> None:
    assert not over_limit(200_00, 150_00, 50_00)
    assert over_limit(200_00, 150_00, 50_01)
