"""Buyers, expiries, returns, transfers, counts and deaths at named steps, in any order and at once: the sums hold."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from functions.inventory import check_stock_levels, release_expired_reservations
from shared.inventory import movements, places, reconciling, reservations, store, transfers
from shared.inventory.places import NewLocation
from shared.inventory.refusals import OutOfStock
from shared.platform import clock, steps
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import Work, begin
from tests.killing import Killed
from tests.stock import HALF_AN_HOUR, some_id
from tests.warehouse import goods

pytestmark = pytest.mark.usefixtures("issuer", "bus")

# Every step of a function that changes stock; twice as often nothing happens to it.
KILLS = st.sampled_from([None, None, None, None, None, None, "before_story", "before_commit", "after_commit"])
VARIANTS, CARTS = 2, 3
carts = st.integers(0, CARTS - 1)
units = st.dictionaries(st.integers(0, VARIANTS - 1), st.integers(0, 6), min_size=1)
variants = st.integers(0, VARIANTS - 1)


class Stock(RuleBasedStateMachine):
    """A shop with two variants at two places, three carts and what became of them, beside a plain count of it all."""

    def __init__(self, brand: Brand, at: Callable[[datetime], None]) -> None:
        super().__init__()
        self.brand, self.at = brand, at
        self.now = clock.now()
        self.variants = [goods(brand, count) for count in (5, 8)]
        self.there = Counter(dict(zip(self.variants, (5, 8), strict=True)))
        self.carts = [some_id() for _ in range(CARTS)]
        self.orders: dict[UUID, tuple[UUID, dict[UUID, int]]] = {}
        self.paid: list[tuple[UUID, Counter[UUID]]] = []
        with begin(brand, "test") as work:
            main = places.default_location(work)
            other = work.value("SELECT id FROM inventory.stock_locations WHERE id <> %(main)s", main=main)
            other = other or places.open_location(work, NewLocation(code="lyon", name="Lyon", priority=1)).id
        self.places = (main, other)

    def deed(self, kill: str | None, story: Callable[[Work], Any]) -> Any:
        """What `story` answers, as a function would be told it; None when it died or was refused, and left nothing."""
        done = None
        with suppress(Killed, OutOfStock):
            with begin(self.brand, "test", now=self.now) as work:
                if kill == "before_story":
                    raise Killed
                answer = story(work)
                if kill == "before_commit":
                    raise Killed
            done = answer if answer is not None else True
        return done

    def job(self, handler: Callable[..., Any], kill: str | None) -> None:
        def hook(step: str, function: str) -> None:
            if step == kill:
                steps.install(None)
                raise Killed

        steps.install(hook)
        try:
            with suppress(Killed):
                handler({}, None)
        finally:
            steps.install(None)

    def wanted(self, asked: dict[int, int]) -> dict[UUID, int]:
        return {self.variants[index]: count for index, count in asked.items()}

    @rule(cart=carts, asked=units, kill=KILLS)
    def fill(self, cart: int, asked: dict[int, int], kill: str | None) -> None:
        until = self.now + HALF_AN_HOUR
        self.deed(kill, lambda work: reservations.reserve(work, self.carts[cart], self.wanted(asked), until))

    @rule(cart=carts, kill=KILLS)
    def renew(self, cart: int, kill: str | None) -> None:
        until = self.now + HALF_AN_HOUR
        self.deed(kill, lambda work: reservations.renew(work, self.carts[cart], until))

    @rule(cart=carts, asked=units, kill=KILLS)
    def check_out(self, cart: int, asked: dict[int, int], kill: str | None) -> None:
        order, wanted, until = some_id(), self.wanted(asked), self.now + HALF_AN_HOUR
        if self.deed(kill, lambda work: reservations.hand_over(work, self.carts[cart], order, wanted, until)):
            self.orders[self.carts[cart]] = (order, wanted)

    @rule(cart=carts, kill=KILLS)
    def pay(self, cart: int, kill: str | None) -> None:
        if self.carts[cart] not in self.orders:
            return
        order, wanted = self.orders[self.carts[cart]]

        def story(work: Work) -> Counter[UUID]:
            if not reservations.re_reserve(work, order, wanted, self.now + HALF_AN_HOUR):
                return Counter()
            return Counter(reservations.commit(work, order))

        sold = self.deed(kill, story)
        if sold:
            self.there -= sold
            self.paid.append((order, sold))

    @rule(cart=carts, kill=KILLS)
    def cancel(self, cart: int, kill: str | None) -> None:
        holder = self.orders.get(self.carts[cart], (self.carts[cart],))[0]
        self.deed(kill, lambda work: reservations.release(work, holder))

    @rule(which=st.integers(0, 9), asked=units, kill=KILLS)
    def give_back(self, which: int, asked: dict[int, int], kill: str | None) -> None:
        if which >= len(self.paid):
            return
        order, out = self.paid[which]
        returned = self.deed(
            kill, lambda work: movements.record_return(work, order, self.wanted(asked), "refund", "test")
        )
        if returned:
            assert all(count <= out[variant] for variant, count in returned.items())
            out.subtract(returned)
            self.there.update(returned)

    @rule(which=variants, change=st.integers(-6, 6), place=st.integers(0, 1), kill=KILLS)
    def count(self, which: int, change: int, place: int, kill: str | None) -> None:
        variant, location = self.variants[which], self.places[place]
        if change and self.deed(
            kill,
            lambda work: movements.record(
                work, variant, "adjustment", change, "count", "test", location_id=location
            ),
        ):
            self.there[variant] += change

    @rule(which=variants, count=st.integers(1, 6), there=st.booleans(), kill=KILLS)
    def transfer(self, which: int, count: int, there: bool, kill: str | None) -> None:
        source, target = self.places if there else self.places[::-1]
        self.deed(
            kill,
            lambda work: transfers.transfer(
                work, self.variants[which], count, "nearer", "test", source=source, target=target
            ),
        )

    @rule(minutes=st.sampled_from([5, 20, 40]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.at(self.now)

    @rule(kill=KILLS)
    def sweep(self, kill: str | None) -> None:
        self.job(release_expired_reservations.handler, kill)

    @rule(kill=KILLS)
    def look(self, kill: str | None) -> None:
        self.job(check_stock_levels.handler, kill)
        if kill is None:
            assert check_stock_levels.handler({}, None)["processed"] == 0

    @invariant()
    def every_counter_is_the_sum_it_stands_for(self) -> None:
        with begin(self.brand, "test", now=self.now) as work:
            assert reconciling.count(work).discrepancies == []

    @invariant()
    def nothing_is_sold_or_held_that_is_not_there(self) -> None:
        with begin(self.brand, "test", now=self.now) as work:
            rows = work.all(
                "SELECT variant_id, sum(on_hand)::int AS on_hand, min(on_hand - reserved) AS free"
                " FROM inventory.inventory_items WHERE variant_id = ANY (%(variants)s) GROUP BY variant_id",
                variants=self.variants,
            )
        assert {row.variant_id: row.on_hand for row in rows} == {
            variant: self.there[variant] for variant in self.variants
        }
        assert all(row.free >= 0 for row in rows)


def test_whatever_happens_in_whatever_order_the_sums_hold(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    started = clock.now()

    def machine() -> Stock:
        at(started)
        return Stock(brand, at)

    run_state_machine_as_test(
        machine,  # type: ignore[arg-type]
        settings=settings(max_examples=25, stateful_step_count=25, deadline=None),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whoever_is_at_it_at_once_and_whoever_dies_the_sums_hold(brand: Brand, seed: int) -> None:
    kinds = [goods(brand, 12) for _ in range(3)]
    with begin(brand, "test") as work:
        main = places.default_location(work)
        lyon = places.open_location(work, NewLocation(code="lyon", name="Lyon", priority=1)).id
        now = work.now
    errors: list[BaseException] = []

    def shop(chance: random.Random) -> None:
        cart, orders = some_id(), [some_id(), some_id()]
        for _ in range(14):
            asked = {variant: chance.randrange(3) for variant in chance.sample(kinds, chance.randint(1, 3))}
            until = now + timedelta(minutes=chance.choice([-5, 30]))
            deeds: tuple[Callable[[Work], Any], ...] = (
                lambda work: reservations.reserve(work, cart, asked, until),  # noqa: B023
                lambda work: reservations.hand_over(work, cart, orders[-1], asked, until),  # noqa: B023
                lambda work: reservations.commit(work, orders[-1]),
                lambda work: reservations.release(work, chance.choice([cart, *orders])),
                lambda work: movements.record_return(work, orders[-2], asked, "refund", "test"),  # noqa: B023
                lambda work: movements.record(
                    work, chance.choice(kinds), "adjustment", chance.choice([-2, 1, 2]), "count", "test"
                ),
                lambda work: transfers.transfer(
                    work, chance.choice(kinds), 1, "nearer", "test", source=main, target=lyon
                ),
                lambda work: store.expire(work, [row.id for row in store.due(work, 50, [])]),
            )
            deed, dies = chance.choice(deeds), chance.random() < 0.2
            if deed is deeds[1]:
                orders.append(some_id())
            with suppress(OutOfStock, Killed), begin(brand, "test", now=now) as work:
                deed(work)
                if dies:
                    raise Killed

    def guarded(chance: random.Random) -> None:
        try:
            shop(chance)
        except BaseException as error:
            errors.append(error)
        finally:
            close_all()

    threads = [threading.Thread(target=guarded, args=(random.Random(seed * 100 + n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with begin(brand, "test") as work:
        assert reconciling.count(work).discrepancies == []
        assert work.value("SELECT min(on_hand - reserved) FROM inventory.inventory_items") >= 0
