"""The plan of a run: who buys what, and what goes wrong after whom. It follows from the seed and nothing else."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle, islice
from random import Random
from typing import Any

from tests.faults.troubles import (
    LISTENER,
    LISTENER_STEPS,
    AtStep,
    ClockMoved,
    DatabaseKilled,
    ListenerKilled,
    MessagesAgain,
    Poisoned,
    ProviderFails,
    ServiceLost,
    Trouble,
    VisibilityOver,
    WebhooksAgain,
    WebhooksAstray,
    WorkerKilled,
    consumers,
    moves_money,
    named_steps,
)

DEMO, OTHER = "demo", "other"
_MOST_LINES, _MOST_UNITS = 3, 3
_SHARE_OF_OTHER = 0.25
# How often each kind of buyer comes, in a hundred.
_KINDS = {
    "pay": 25,
    "decline_then_pay": 10,
    "decline_and_leave": 4,
    "abandon_cart": 8,
    "come_back": 5,
    "unsubscribe": 1,
    "abandon_order": 7,
    "browse": 7,
    "change_their_mind": 8,
    "twins": 7,
    "two_tabs": 4,
    "pay_late": 6,
    "member": 4,
    "give_back": 14,
    "call_off": 5,
    "staff": 3,
    "operator": 4,
    "stock_arrives": 4,
}
# The kinds of trouble take turns, so that even a short run meets all of them.
_RHYTHM = (
    *("kill", "copies", "stripe", "kill", "webhooks", "other", "kill", "service", "kill", "clock"),
    *("kill", "paypal", "kill", "database", "copies", "kill", "webhooks", "worker", "kill", "other"),
    *("stripe", "kill"),
)
_OTHER_ACTIONS = ("delay", "repeat", "fail")
# So many at once, where each hits one function only: a long run passes every named step with each of them.
_CARDS = {"kill": 2, "other": 20}
_CALLS = {
    "stripe": (
        "POST /v1/payment_intents",
        "GET /v1/payment_intents",
        "GET /v1/payment_intents/search",
        "POST",
        "",
    ),
    "paypal": (
        "POST /v2/checkout/orders",
        "GET /v2/checkout/orders",
        "POST /v2/payments/captures",
        "POST",
        "",
    ),
}
# The browser gives up no sooner than this, the functions after ten seconds (READ_SECONDS in shared/billing/stripe.py).
_HANG_SECONDS = 11.0


@dataclass(frozen=True, slots=True)
class Buyer:
    """Somebody who comes to a shop. `picks` are (which of its variants, how many); `luck` decides the rest of the story."""

    number: int
    brand: str
    kind: str
    picks: tuple[tuple[int, int], ...]
    luck: int


@dataclass(frozen=True, slots=True)
class Planned:
    """A trouble that comes with the buyer of this number."""

    with_buyer: int
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is decided beforehand. `spacing` buyers come from one trouble to the next, on average; nothing is away for more than
    `longest` seconds."""

    seed: int
    spacing: int = 4
    longest: float = 60.0

    def buyer(self, number: int) -> Buyer:
        """The buyer of this number, from 1."""
        random = Random(f"buyer {self.seed} {number}")
        picks = tuple(
            (random.randrange(1_000_000), random.randint(1, _MOST_UNITS))
            for _ in range(random.randint(1, _MOST_LINES))
        )
        return Buyer(
            number=number,
            brand=OTHER if random.random() < _SHARE_OF_OTHER else DEMO,
            kind=random.choices(list(_KINDS), list(_KINDS.values()))[0],
            picks=picks,
            luck=random.getrandbits(32),
        )

    def troubles(self) -> Iterator[Planned]:
        """All troubles, in the order of the buyers that they come with, without end."""
        random = Random(f"troubles {self.seed}")
        decks = {kind: _shuffled(random, make) for kind, make in _DECKS.items()} | {"kill": _killed(random)}
        at = 0
        for kind in cycle(_RHYTHM):
            at += random.randint(1, 2 * self.spacing - 1)
            for _ in range(_CARDS.get(kind, 1)):
                yield Planned(at, _shortened(next(decks[kind]), self.longest))

    def fingerprint(self, buyers: int = 500) -> str:
        """The same for the same plan of that many buyers."""
        digest = hashlib.sha256()
        for number in range(1, buyers + 1):
            digest.update(repr(self.buyer(number)).encode())
        for planned in islice(self.troubles(), buyers // self.spacing):
            digest.update(repr(planned).encode())
        return digest.hexdigest()[:12]


def _shortened(trouble: Trouble, longest: float) -> Trouble:
    match trouble:
        case ServiceLost(seconds=seconds) | DatabaseKilled(seconds=seconds):
            return replace(trouble, seconds=min(seconds, longest))
        case WebhooksAstray(lasts=lasts):
            return replace(trouble, lasts=min(lasts, longest))
    return trouble


def _shuffled(random: Random, make: Callable[[Random], list[Trouble]]) -> Iterator[Trouble]:
    """Card after card of ever new decks: each deck is dealt to its end, so nothing is left out for long."""
    while True:
        deck = make(random)
        random.shuffle(deck)
        yield from deck


def _killed(random: Random) -> Iterator[Trouble]:
    """At every named step in turn, and between two turns at those of the money's way once more."""
    again = False
    while True:
        for steps in (named_steps(), [step for step in named_steps() if moves_money(step[0])]):
            random.shuffle(steps)
            for function, step in steps:
                yield AtStep(function, step, "kill", times=random.choice((1, 1, 1, 2)) if again else 1)
        again = True


def _other_steps(random: Random) -> list[Trouble]:
    return [
        AtStep(function, step, action, 1, round(random.uniform(0.1, 2.0), 2))
        for function, step in [*named_steps(), *((LISTENER, step) for step in LISTENER_STEPS)]
        for action in _OTHER_ACTIONS
    ]


def _provider(random: Random, name: str) -> list[Trouble]:
    def fails(mode: str, count: int, seconds: float) -> ProviderFails:
        return ProviderFails(name, mode, random.choice(_CALLS[name]), count, seconds)

    quick = [
        fails(mode, random.randint(1, 4), round(random.uniform(0.5, 3.0), 2))
        for mode in ("error", "error", "error_after", "broken", "drop", "drop", "cut", "slow", "slow")
    ]
    return [*quick, fails("hang", 1, _HANG_SECONDS)]


def _webhooks(random: Random) -> list[Trouble]:
    def astray(**how: Any) -> list[WebhooksAstray]:
        return [
            WebhooksAstray(name, round(random.uniform(2.0, 8.0), 1), **how) for name in ("stripe", "paypal")
        ]

    return [
        *astray(duplicates=random.randint(1, 4)),
        *astray(duplicates=2, shuffle_seconds=4.0),
        *astray(delay_seconds=round(random.uniform(1.0, 5.0), 1), shuffle_seconds=2.0),
        *astray(paused=True),
        *astray(drop=random.randint(1, 3)),
        WebhooksAgain(random.randint(3, 10), random.randint(1, 3)),
        WebhooksAgain(random.randint(3, 10), 1),
    ]


def _services(random: Random) -> list[Trouble]:
    def lost(service: str, mode: str) -> ServiceLost:
        return ServiceLost(service, mode, round(random.uniform(0.5, 5.0), 2))

    return [
        *(lost("broker", "down") for _ in range(2)),
        ServiceLost("broker", "down", round(random.uniform(15.0, 25.0), 1)),
        *(lost(service, mode) for service in ("events", "sqs", "ses") for mode in ("down", "lost")),
        lost("broker", "lost"),
    ]


def _copies(random: Random) -> list[Trouble]:
    again = [MessagesAgain(random.randint(5, 30), random.choice((0, 0, 3, 8))) for _ in range(6)]
    poisons = [Poisoned(random.choice(consumers()), action) for action in ("fail", "kill")]
    return [*again, *poisons, VisibilityOver(), VisibilityOver(), ListenerKilled(0), ListenerKilled(1)]


def _database(random: Random) -> list[Trouble]:
    brief = [DatabaseKilled(round(random.uniform(0.0, 2.0), 2), crash) for crash in (True, True, True, False)]
    return [*brief, DatabaseKilled(round(random.uniform(6.0, 10.0), 2), crash=True)]


def _clock(random: Random) -> list[Trouble]:
    # Over a lease (3 s), a claim (30 s), a settling delay (3 min), the end of a hold (30 and 45 min), and what an idempotency key
    # lives, ours and Stripe's (a day); and a step back.
    jumps = (4.0, 35.0, 200.0, 1860.0, 2760.0, 2760.0, 90_000.0, -random.uniform(1, 20))
    return [ClockMoved(seconds) for seconds in jumps]


_DECKS: dict[str, Callable[[Random], list[Trouble]]] = {
    "other": _other_steps,
    "stripe": lambda random: _provider(random, "stripe"),
    "paypal": lambda random: _provider(random, "paypal"),
    "webhooks": _webhooks,
    "service": _services,
    "copies": _copies,
    "clock": _clock,
    "database": _database,
    "worker": lambda _: [WorkerKilled("http"), WorkerKilled("background")],
}
