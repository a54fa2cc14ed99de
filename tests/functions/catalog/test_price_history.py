"""However prices, sales and publications change: the shop shows what a reckoning day by day shows, on cards and to carts alike."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import from_json

from shared.catalog import cards, publication
from shared.catalog.cards import View
from shared.catalog.price_lists import PriceWish
from shared.catalog.variant_editing import VariantChange, change_variant
from shared.catalog.variants import for_sale
from shared.kernel.money import Money
from shared.platform.brands import Brand
from shared.platform.versions import IfMatch
from shared.platform.work import Work, begin
from tests.people import rows
from tests.shop import change, euros, product, sell, variant

START = datetime(2026, 3, 1, tzinfo=UTC)
ANY = IfMatch(None)
_LISTINGS = "SELECT product_id, card::text FROM catalog.product_listings"

type Sale = tuple[int, int, int]


@dataclass
class Model:
    """What was to be had on each day: by the price's name its amount, and whether it was announced as a reduction."""

    published: bool = False
    regular: int = 50
    compare_at: int | None = None
    sales: list[Sale] = field(default_factory=list)
    days: list[dict[str, tuple[int, bool]]] = field(default_factory=list)

    def live(self, until: int) -> None:
        """Let the days pass up to this one."""
        self.days = self.days[:until]
        for day in range(len(self.days), until):
            self.days.append(self.at(day))

    def at(self, day: int) -> dict[str, tuple[int, bool]]:
        """What is to be had on a day as things are now."""
        if not self.published:
            return {}
        had = {"regular": (self.regular, self.compare_at is not None)}
        had |= {f"sale {start}": (amount, True) for start, end, amount in self.sales if start <= day < end}
        return had

    def prior(self, today: int) -> int | None:
        """The prior price of a day's reduction."""
        days = [*self.days[:today], *(self.at(day) for day in range(len(self.days), today + 1))]
        lowest = [min((amount for amount, _ in day.values()), default=None) for day in days]
        price = lowest[today]
        reduced = {name: had for name, had in days[today].items() if had == (price, True)}
        if not reduced:
            return None
        begun = today
        while (
            begun > 0
            and lowest[begun - 1] == price
            and any(days[begun - 1].get(name) == had for name, had in reduced.items())
        ):
            begun -= 1
        return min((each for each in lowest[max(0, begun - 30) : begun] if each is not None), default=None)


prices = st.integers(20, 60)
sales = st.dictionaries(st.integers(0, 30), st.tuples(st.integers(1, 40), st.integers(1, 19)), max_size=3)
# Days that bring something just within thirty days of something else, or just not.
gaps = st.sampled_from([1, 2, 5, 24, 25, 29, 30, 31])
deeds = st.one_of(
    st.tuples(st.just("price"), prices, st.none() | st.integers(0, 9)),
    st.tuples(st.just("sales"), sales),
    st.tuples(st.just("publish")),
    st.tuples(st.just("archive")),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(gaps, deeds), min_size=1, max_size=8),
    st.lists(gaps, max_size=3),
)
def test_the_prior_price_is_that_of_looking_at_the_shop_every_day(
    brand: Brand, life: list[tuple[int, Any]], looks: list[int]
) -> None:
    change(brand, "DELETE FROM catalog.products")
    bowl = product("bol", variant("B", euros(50)), status="draft", published_at=None)
    sell(brand, bowl, units=0)
    model, today = Model(), 0
    for days, deed in life:
        today += days
        model.live(today)
        with begin(brand, "test", now=START + timedelta(days=today)) as work:
            do(work, model, bowl.id, bowl.variants[0].id, today, *deed)
        for ahead in (0, *looks):
            compare(brand, model, bowl.variants[0].id, today + ahead)
    with begin(brand, "test") as work:
        kept = work.all(_LISTINGS)
        work.run("DELETE FROM catalog.product_listings")
        work.value("SELECT catalog.refresh_listings(ARRAY(SELECT id FROM catalog.products))")
        assert work.all(_LISTINGS) == kept, "cards are as if written anew"


def do(
    work: Work, model: Model, product_id: UUID, variant_id: UUID, today: int, deed: str, *given: Any
) -> None:
    """Do it to the shop and to its model."""
    if deed == "publish":
        publication.publish(work, product_id, ANY)
        model.published = True
    elif deed == "archive":
        publication.archive(work, product_id, ANY)
        model.published = False
    else:
        if deed == "price":
            model.regular = given[0]
            model.compare_at = None if given[1] is None else given[0] + 1 + given[1]
        else:
            model.sales = [
                (today + start, today + start + days, amount) for start, (days, amount) in given[0].items()
            ]
        change_variant(work, product_id, variant_id, VariantChange(prices=list(wishes(model))), ANY)


def wishes(model: Model) -> list[PriceWish]:
    """The model's prices as staff give them."""
    compared = None if model.compare_at is None else Money(model.compare_at, "EUR")
    regular = PriceWish(price=Money(model.regular, "EUR"), compare_at_price=compared)
    return [
        regular,
        *(
            PriceWish(
                price=Money(amount, "EUR"),
                starts_at=START + timedelta(days=start),
                ends_at=START + timedelta(days=end),
            )
            for start, end, amount in model.sales
        ),
    ]


def compare(brand: Brand, model: Model, variant_id: UUID, day: int) -> None:
    now = START + timedelta(days=day)
    expected = model.prior(day)
    with begin(brand, "test", now=now) as work:
        sold = for_sale(work, [variant_id], "EUR")
    assert bool(sold) == model.published
    if not sold:
        return
    prior = sold[variant_id].prior_price
    assert (prior and prior.amount) == expected
    [listed] = rows(brand, "SELECT card::text AS card FROM catalog.product_listings")
    [shown] = cards.product(from_json(listed.card), View("EUR", now, "", {}))["variants"]
    assert (shown["prior_price"] and shown["prior_price"]["amount"]) == expected
    assert shown["price"]["amount"] == min(amount for amount, _ in model.at(day).values())


def test_what_never_came_is_forgotten_and_what_ended_is_kept(brand: Brand) -> None:
    bowl = product("bol", variant("B", euros(50)))
    sell(brand, bowl)
    with begin(brand, "test", now=START) as work:
        model = Model(published=True, sales=[(10, 20, 40)])
        change_variant(work, bowl.id, bowl.variants[0].id, VariantChange(prices=wishes(model)), ANY)
    with begin(brand, "test", now=START + timedelta(days=5)) as work:
        change_variant(work, bowl.id, bowl.variants[0].id, VariantChange(price=Money(45, "EUR")), ANY)
        change_variant(
            work, bowl.id, bowl.variants[0].id, VariantChange(prices=wishes(Model(regular=45))), ANY
        )
    history = rows(brand, "SELECT amount, applied_until FROM catalog.price_history ORDER BY applied_from")
    assert history == [(50, START + timedelta(days=5)), (45, None)]
