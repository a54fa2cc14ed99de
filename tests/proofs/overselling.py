"""A sale: many buyers, few units, real connections. Whoever wanders off, dies or pays late, all units are sold and no more.

A run is played by a few threads, each with its own connection to PostgreSQL. Which buyer takes their next step, and what they are
like, follows from the seed; who of those at it at once is first, nobody says. The run's clock moves only when everybody still there
waits for somebody else's hold to run out.
"""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from shared.inventory import movements, reconciling, reservations, store
from shared.inventory.holding import standing
from shared.inventory.refusals import OutOfStock
from shared.kernel.ids import new_id
from shared.platform.brands import Brand
from shared.platform.work import Work, begin

WORKERS = 8
HOLD = timedelta(minutes=30)
_OPENS = datetime.fromisoformat("2026-11-27T08:00:00+00:00")
# Of a hundred buyers: how many leave with their cart full, pay only after their hold has run out, or want two.
_WANDERS, _LATE, _TWO = 15, 5, 10
# And of a hundred steps: how many are cut off before their commit, or after it.
_DIES = 6
_MOST_ROUNDS = 60

_CHECK = """
    SELECT i.on_hand, i.reserved,
           -coalesce((SELECT sum(m.quantity) FROM inventory.inventory_movements m
                       WHERE m.item_id = i.id AND m.type = 'sale'), 0)::int AS sold
      FROM inventory.inventory_items i WHERE i.variant_id = %(variant)s
"""


class _Died(Exception):
    """The function is gone; its client will ask again."""


@dataclass(slots=True)
class Outcome:
    """What came of one run: units `sold` as movements say and as buyers believe, and what happened on the way."""

    units: int
    sold: int = 0
    believed: int = 0
    left: int = 0
    sums_hold: bool = False
    steps: int = 0
    deaths: int = 0
    wandered: int = 0
    late: int = 0
    reviewed: int = 0
    rounds: int = 0

    @property
    def oversold(self) -> int:
        """Units sold that were not there."""
        return max(0, self.sold - self.units, -self.left)

    @property
    def unsold(self) -> int:
        """Units left although somebody wanted them."""
        return max(0, self.units - self.sold)

    @property
    def good(self) -> bool:
        """Neither, and the books agree."""
        return not self.oversold and not self.unsold and self.sums_hold and self.believed == self.sold


@dataclass(slots=True)
class _Sale:
    brand: Brand
    variant: UUID
    chance: random.Random
    outcome: Outcome
    now: datetime = _OPENS
    ready: list[Iterator[bool]] = field(default_factory=list)
    waiting: list[Iterator[bool]] = field(default_factory=list)
    busy: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    moved: threading.Condition = field(init=False)

    def __post_init__(self) -> None:
        self.moved = threading.Condition(self.lock)


def run(brand: Brand, seed: str, pool: ThreadPoolExecutor, *, buyers: int = 200, units: int = 10) -> Outcome:
    """Open the sale, let everybody in, and count when nobody is left."""
    chance = random.Random(seed)
    variant = new_id(_OPENS)
    with begin(brand, "proof", now=_OPENS) as work:
        movements.move(work, variant, "in", units, "delivery", "proof")
    sale = _Sale(brand, variant, chance, Outcome(units))
    sale.ready = [_buyer(sale, random.Random(f"{seed}/{number}")) for number in range(buyers)]
    sale.ready.append(_sweeper(sale))
    for done in [pool.submit(_play, sale) for _ in range(WORKERS)]:
        done.result()
    _count(sale)
    return sale.outcome


def _play(sale: _Sale) -> None:
    """Take somebody's next step, again and again, until nobody is left."""
    while True:
        with sale.lock:
            while not sale.ready:
                if sale.busy:
                    sale.moved.wait()
                elif not _next_round(sale):
                    sale.moved.notify_all()
                    return
            somebody = sale.ready.pop(sale.chance.randrange(len(sale.ready)))
            sale.busy += 1
        waits: bool | None = None
        try:
            waits = next(somebody, None)
        finally:
            with sale.lock:
                sale.busy -= 1
                sale.outcome.steps += 1
                if waits is not None:
                    (sale.waiting if waits else sale.ready).append(somebody)
                sale.moved.notify_all()


def _next_round(sale: _Sale) -> bool:
    """Let time pass for those who wait; False when nobody does, or nothing is left to wait for."""
    if not sale.waiting or sale.outcome.believed >= sale.outcome.units or sale.outcome.rounds >= _MOST_ROUNDS:
        return False
    sale.outcome.rounds += 1
    sale.now += HOLD + timedelta(minutes=1)
    sale.ready, sale.waiting = sale.waiting, []
    return True


def _buyer(sale: _Sale, nature: random.Random) -> Iterator[bool]:
    """One buyer: each step is a transaction of its own; True while they wait for stock."""
    cart = new_id(_OPENS)
    kind = nature.randrange(100)
    wanted = {sale.variant: 2 if nature.randrange(100) < _TWO else 1}
    while True:
        try:
            _step(sale, nature, lambda work: reservations.reserve(work, cart, wanted, work.now + HOLD))
            break
        except OutOfStock as refused:
            # Who would have taken two takes the last one.
            if refused.extra["available_quantity"]:
                wanted[sale.variant] = 1
                yield False
            else:
                yield True
        except _Died:
            yield False
    yield False
    if kind < _WANDERS:
        with sale.lock:
            sale.outcome.wandered += 1
        return
    order = new_id(_OPENS)
    while True:
        try:
            _step(sale, nature, lambda work: _check_out(work, cart, order, wanted))
            break
        except OutOfStock:
            # The hold ran out on them meanwhile, and somebody else was quicker.
            return
        except _Died:
            yield False
    if kind < _WANDERS + _LATE:
        with sale.lock:
            sale.outcome.late += 1
        yield True
    yield False
    while True:
        try:
            paid = _step(sale, nature, lambda work: _take_payment(work, order, wanted))
            break
        except _Died:
            yield False
    with sale.lock:
        sale.outcome.believed += wanted[sale.variant] if paid else 0
        sale.outcome.reviewed += not paid


def _check_out(work: Work, cart: UUID, order: UUID, wanted: dict[UUID, int]) -> None:
    # The client that asks again after a death is given the order that it has.
    if not any(found.held for found in standing(work, order, wanted).values()):
        reservations.hand_over(work, cart, order, wanted, work.now + HOLD)


def _take_payment(work: Work, order: UUID, wanted: dict[UUID, int]) -> bool:
    # As shared/orders/payment.py does.
    until = work.now
    if reservations.renew(work, order, until) != wanted and not reservations.re_reserve(
        work, order, wanted, until
    ):
        return False
    reservations.commit(work, order)
    return True


def _sweeper(sale: _Sale) -> Iterator[bool]:
    """The job that releases what ran out, every now and then; it is as good as its absence."""
    while sale.ready or sale.waiting or sale.busy > 1:
        with begin(sale.brand, "proof", now=sale.now) as work:
            store.expire(work, [row.id for row in store.due(work, 100, [])])
        yield not sale.ready


def _step[Answer](sale: _Sale, nature: random.Random, story: Callable[[Work], Answer]) -> Answer:
    """A transaction; some are cut off before their commit, some after it. Raises _Died, OutOfStock."""
    fate = nature.randrange(100)
    if fate < _DIES:
        with sale.lock:
            sale.outcome.deaths += 1
    with begin(sale.brand, "proof", now=sale.now) as work:
        answer = story(work)
        if fate < _DIES // 2:
            raise _Died
    if fate < _DIES:
        raise _Died
    return answer


def _count(sale: _Sale) -> None:
    outcome = sale.outcome
    with begin(sale.brand, "proof", now=sale.now) as work:
        row = work.one(_CHECK, variant=sale.variant)
        wrong = reconciling.count(work, sale.variant).discrepancies
    assert row is not None
    outcome.sold, outcome.left = row.sold, row.on_hand - row.reserved
    outcome.sums_hold = not wrong and row.on_hand == outcome.units - row.sold
