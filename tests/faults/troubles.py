"""What can go wrong: each trouble as a value, so that a plan of them can be printed, compared and repeated."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from functions._generate.discovery import FUNCTIONS
from shared.platform.doors.consumer import Consumer
from shared.platform.doors.endpoint import Endpoint
from shared.platform.doors.job import Job
from shared.platform.doors.steps import Steps
from shared.platform.doors.wake import Wake

_TRANSACTION = ("before_story", "before_commit", "after_commit")
_PROVIDER = ("before_reach", "after_reach", "before_settle")
RELAY, RELAY_STEPS = "platform/relay", ("before_publish", "after_publish")
# Of the harness itself: a consumer that wants order, see listener.py. Its processes are killed whole, being no workers of the run.
LISTENER = "faults/listener"
LISTENER_STEPS = (*_TRANSACTION, "before_delete")
_MONEY = ("billing", "checkout", "inventory", "notifications", "orders")
_WOKEN = "platform/on_events_waiting"
# What the stories ask for; whatever consumers and jobs these contexts have follows from it.
_ASKED = (
    *("catalog/list_categories", "catalog/list_products", "catalog/get_product"),
    *(
        "cart/create_cart",
        "cart/get_cart",
        "cart/add_item",
        "cart/change_item",
        "cart/remove_item",
        "cart/recover_cart",
    ),
    *(
        "checkout/list_shipping_options",
        "checkout/preview_checkout",
        "checkout/check_out",
        "checkout/confirm_checkout",
    ),
    *("billing/receive_stripe_webhook", "billing/receive_paypal_webhook"),
    *("identity/register_account", "identity/verify_email", "identity/sign_in"),
    *("identity/sign_in_staff", "identity/refresh_session", "identity/sign_out"),
    *("orders/list_orders", "orders/get_order", "orders/look_up_order"),
    *("orders/refund_order", "orders/cancel_order"),
    "inventory/get_variant_stock",
    *("inventory/record_stock_movement", "inventory/reconcile_stock", "inventory/ask_for_restock_mail"),
    *("billing/list_webhook_events", "billing/replay_webhook_event"),
    *("platform/get_admin_health", _WOKEN, "platform/list_outbox"),
    *("platform/replay_outbox_event", "platform/list_dead_letters", "platform/redrive_dead_letters"),
)
_FOLLOWING = (*_MONEY, "cart")
# Told by an erasure, which nobody asks for here: tests/functions/…/test_on_erasure_of_*.py kill those.
_ERASING = "on_erasure_of_"
# What else nobody here asks for, nor sends off: their own tests kill these.
_IDLE = frozenset(
    {
        *("billing/on_promotion_codes_asked", "billing/on_seller_known", "inventory/on_goods_deleted"),
        *(
            "orders/on_carrier_webhook_received",
            "orders/on_order_export_asked",
            "orders/on_shipment_cancelled",
        ),
        *("orders/on_shipment_created", "orders/track_shipments"),
    }
)
# A job that walks through the providers' lists, which has its steps in its own hands.
_RECONCILING, _RECONCILING_STEPS = "billing/reconcile_money", ("before_reach", "after_reach")


@dataclass(frozen=True, slots=True)
class AtStep:
    """`times` functions are killed, fail, wait `seconds` or are told the same again, where they pass this step."""

    function: str
    step: str
    action: str
    times: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class WorkerKilled:
    """A worker of the pool is killed, whatever it does."""

    pool: str


@dataclass(frozen=True, slots=True)
class ServiceLost:
    """An AWS service is `down` (503 at once) or `lost` (does it and does not say so) for `seconds`."""

    service: str
    mode: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ProviderFails:
    """The next `count` matching calls of Stripe's or PayPal's API misbehave (local/stripe/README.md, local/paypal/README.md)."""

    provider: str
    mode: str
    match: str
    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class WebhooksAstray:
    """For `lasts` seconds a provider's webhooks come several times, late, in any order, or not before that is over; `drop` never
    come."""

    provider: str
    lasts: float
    duplicates: int = 0
    delay_seconds: float = 0.0
    shuffle_seconds: float = 0.0
    drop: int = 0
    paused: bool = False


@dataclass(frozen=True, slots=True)
class WebhooksAgain:
    """`events` earlier webhooks are delivered `copies` times more."""

    events: int
    copies: int


@dataclass(frozen=True, slots=True)
class MessagesAgain:
    """`events` of all events told so far reach their consumers once more, in any order, up to `late` seconds late."""

    events: int
    late: int


@dataclass(frozen=True, slots=True)
class VisibilityOver:
    """Every message in work is given to somebody else as well."""


@dataclass(frozen=True, slots=True)
class Poisoned:
    """A consumer fails, or dies, whatever it is given: its messages reach the dead-letter queue."""

    function: str
    action: str


@dataclass(frozen=True, slots=True)
class DatabaseKilled:
    """PostgreSQL ends, at once (a crash, after which it recovers) or as a restart ends it, and is away for `seconds`."""

    seconds: float
    crash: bool


@dataclass(frozen=True, slots=True)
class ClockMoved:
    """The one clock jumps."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ListenerKilled:
    """One of the two processes of the ordered listener is killed."""

    number: int


type Trouble = (
    AtStep
    | WorkerKilled
    | ServiceLost
    | ProviderFails
    | WebhooksAstray
    | WebhooksAgain
    | MessagesAgain
    | VisibilityOver
    | Poisoned
    | DatabaseKilled
    | ClockMoved
    | ListenerKilled
)


def named_steps() -> list[tuple[str, str]]:
    """Every (function, step) at which a function that has traffic can stand."""
    found: list[tuple[str, str]] = []
    for name in _visited():
        handler = importlib.import_module(f"functions.{name.replace('/', '.')}").handler
        found += [(name, step) for step in _steps_of(handler)]
    found += [(_RECONCILING, step) for step in _RECONCILING_STEPS]
    return found + [(RELAY, step) for step in RELAY_STEPS]


def moves_money(function: str) -> bool:
    """Whether a purchase goes through it, as against what people only look at."""
    return function == RELAY or function.partition("/")[0] in _MONEY


def consumers() -> list[str]:
    """The consumers that buyers keep busy, by the inbox's names."""
    return [name for name, step in named_steps() if step == "before_delete" and name != _WOKEN]


def jobs() -> list[Job]:
    """The handlers of the jobs that work on what buyers leave behind, row by row."""
    found = [importlib.import_module(f"functions.{name.replace('/', '.')}").handler for name in _visited()]
    return [handler for handler in found if isinstance(handler, Job)]


def _visited() -> Iterator[str]:
    yield from _ASKED
    for context in _FOLLOWING:
        for file in sorted((FUNCTIONS / context).glob("[a-z]*.py")):
            handler = importlib.import_module(f"functions.{context}.{file.stem}").handler
            name = f"{context}/{file.stem}"
            if (
                isinstance(handler, Consumer | Job)
                and not file.stem.startswith(_ERASING)
                and name not in _IDLE
            ):
                yield name


def _steps_of(handler: Any) -> tuple[str, ...]:
    match handler:
        case Endpoint():
            if isinstance(handler.story, Steps):
                return (*_TRANSACTION, *_PROVIDER)
            return _TRANSACTION if handler.spec.signature.needs_transaction else ()
        case Consumer():
            provider = _PROVIDER if isinstance(handler.story, Steps) else ()
            return (*_TRANSACTION, *provider, "before_delete")
        case Job():
            if handler.find is None:
                return ()
            return (*_TRANSACTION, *(_PROVIDER if isinstance(handler.story, Steps) else ()))
        case Wake():
            return ("before_delete",)
    return ()
