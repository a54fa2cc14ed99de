"""The comparison of our books with the providers' own: what differs is looked at and repaired, what cannot be is made known.

Its steps are looks of the same kind that webhooks cause: safe to repeat, in any order, and beside them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from shared.billing import books, payments, stripe_lists
from shared.billing.comparing import differences
from shared.billing.comparison_times import listed_since
from shared.billing.looking import Look, ProviderSilent, Seen, look_at, note
from shared.billing.outcomes import Intent
from shared.billing.payments import Payment
from shared.billing.stripe_lists import Charged
from shared.kernel.money import Money
from shared.orders import capturing
from shared.orders import store as orders
from shared.orders.payment import OrderMissing, take_payment
from shared.platform import outbox
from shared.platform.brands import Brand, BrandNotFound, brand_by_id, find_brand
from shared.platform.database import Role
from shared.platform.logs import log
from shared.platform.steps import step
from shared.platform.work import Work, begin

FUNCTION = "billing/reconcile_money"
# So many are asked about one by one before time is looked at; less than the job has of it (functions/billing/deployment.toml).
MOST_AT_ONCE = 200
_SECONDS_TO_ASK = 100.0
# A capture this young may still be on its way to its order by the event that tells of it.
_ON_ITS_WAY = timedelta(minutes=2)
_APPROVED = "APPROVED"
_DIFFERS = ("payment_differs", "refund_differs")


class Tally(NamedTuple):
    """What a run came to. `failed`: what the provider would not tell."""

    compared: int = 0
    repaired: int = 0
    unmatched: int = 0
    failed: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(*(ours + theirs for ours, theirs in zip(self, other, strict=True)))


def compare_stripe() -> Tally:
    """Everything that Stripe lists since the last run."""
    with begin(None, FUNCTION, Role.JOBS) as work:
        now, since = work.now, listed_since(books.reached(work, "stripe"), work.now)
    step("before_reach", FUNCTION)
    listed = stripe_lists.moved_since(since)
    step("after_reach", FUNCTION)
    if not isinstance(listed, stripe_lists.Listed):
        log.warning("Stripe lists nothing", extra={"reason": str(listed)})
        return Tally(failed=1)
    with begin(None, FUNCTION, Role.JOBS) as work:
        found = differences(listed, books.books_of(work, listed))
    tally = Tally(compared=found.agreed)
    for booked, look in found.looks:
        tally = tally.plus(_guarded(_look_again, booked.brand_id, booked.id, look))
    for stranger in found.strangers:
        _note_stranger(stranger)
        tally = tally.plus(Tally(unmatched=1))
    if not tally.failed:
        with begin(None, FUNCTION, Role.JOBS) as work:
            books.note_run(
                work,
                "stripe",
                now,
                compared=tally.compared,
                repaired=tally.repaired,
                unmatched=tally.unmatched,
            )
    return tally


def compare_one_by_one() -> Tally:
    """Every payment that is due to be asked about, as far as there is time: PayPal's, whose published APIs list nothing."""
    until, tally = monotonic() + _SECONDS_TO_ASK, Tally()
    while True:
        with begin(None, FUNCTION, Role.JOBS) as work:
            now, due = work.now, books.due_one_by_one(work, MOST_AT_ONCE)
        for row in due:
            tally = tally.plus(_guarded(_look_again, row.brand_id, row.id, None))
        # Who is silent, or makes us fail, is not asked again at once.
        if len(due) < MOST_AT_ONCE or tally.failed or monotonic() >= until:
            break
    if tally != Tally() and not tally.failed:
        with begin(None, FUNCTION, Role.JOBS) as work:
            books.note_run(
                work,
                "paypal",
                now,
                compared=tally.compared,
                repaired=tally.repaired,
                unmatched=tally.unmatched,
            )
    return tally


def take_what_is_untaken() -> Tally:
    """Money that has come and that its order has taken no account of, since the event that told of it was lost or given up."""
    with begin(None, FUNCTION, Role.JOBS) as work:
        since = listed_since(books.reached(work, "stripe"), work.now)
        came = books.captured_between(work, since, work.now - _ON_ITS_WAY)
        waiting = orders.not_taken(work, [(row.order_id, row.id) for row in came])
    tally = Tally()
    for row in came:
        if row.id in waiting:
            tally = tally.plus(_guarded(_take, row))
    return tally


def _guarded(deed: Callable[..., Tally], *about: Any) -> Tally:
    """One payment's mishap must not keep the others from being compared."""
    try:
        return deed(*about)
    except Exception:
        log.exception("money was not compared", extra={"about": str(about[:2])})
        return Tally(failed=1)


def _take(row: Any) -> Tally:
    with _in(brand_by_id(row.brand_id)) as work:
        [payment] = [each for each in payments.payments_of(work, row.order_id) if each.id == row.id]
        money = Money(payment.captured_amount, payment.currency)
        try:
            take_payment(work, row.order_id, row.id, money)
        except OrderMissing:
            new = books.note_unmatched(
                work, payment.gateway, str(payment.id), "untaken", money.amount, money.currency, payment.id
            )
            _say(new, payment.gateway, str(payment.id), "untaken")
            return Tally(unmatched=1)
        books.note_matched(work, payment.gateway, str(payment.id), ["untaken"])
    return Tally(repaired=1)


def _look_again(brand_id: UUID, payment_id: UUID, look: Look | None) -> Tally:
    """Look at one payment, record what there is, and compare once more."""
    brand = brand_by_id(brand_id)
    with _in(brand) as work:
        before = payments.lock_payment(work, payment_id)
        if look is None and before.gateway_id is None:
            # Nobody knows yet what was made of it: others ask about that.
            books.compare_later(work, before)
            return Tally()
    asked = look or Look(gateway=before.gateway, intent_id=before.gateway_id)
    step("before_reach", FUNCTION)
    try:
        seen = look_at(asked)
        asked, seen = _take_what_is_approved(brand, before, asked, seen)
    except ProviderSilent as silent:
        log.warning(
            "a payment was not compared", extra={"payment_id": str(payment_id), "reason": str(silent)}
        )
        with _in(brand) as work:
            books.compare_at_the_next_run(work, before)
        return Tally(failed=1)
    step("after_reach", FUNCTION)
    with _in(brand) as work:
        step("before_settle", FUNCTION)
        note(work, asked, seen)
        after = payments.lock_payment(work, payment_id)
        books.compare_later(work, after)
        wrong = [] if seen.intent is None or seen.intent.is_gone else _differing(after, seen.intent)
        name = after.gateway_id or str(payment_id)
        books.note_matched(work, after.gateway, name, set(_DIFFERS) - set(wrong))
        for kind in wrong:
            amount = seen.intent.amount_received if seen.intent else 0
            _say(
                books.note_unmatched(work, after.gateway, name, kind, amount, after.currency, after.id),
                after.gateway,
                name,
                kind,
            )
    if wrong:
        return Tally(unmatched=1)
    changed = (before.status, before.captured_amount, before.refunded_amount) != (
        after.status,
        after.captured_amount,
        after.refunded_amount,
    )
    return Tally(compared=1, repaired=int(changed or look is not None))


def _take_what_is_approved(brand: Brand, payment: Payment, asked: Look, seen: Seen) -> tuple[Look, Seen]:
    """A buyer may have approved and gone, and the webhook that said so been lost: then the money is asked for now."""
    if seen.intent is None or seen.intent.status != _APPROVED:
        return asked, seen
    with _in(brand) as work:
        key = capturing.ask_for_looked_at(work, asked.model_copy(update={"approved": True}))
    if key is None:
        return asked, seen
    capture = asked.model_copy(update={"capture_key": key})
    return capture, look_at(capture)


def _differing(payment: Payment, intent: Intent) -> list[str]:
    found = []
    if payment.captured_amount != intent.amount_received:
        found.append("payment_differs")
    if payment.refunded_amount != intent.amount_refunded:
        found.append("refund_differs")
    return found


@contextmanager
def _in(brand: Brand) -> Iterator[Work]:
    """A transaction of the brand's, after which what it told is on its way."""
    with begin(brand, FUNCTION, Role.JOBS) as work:
        yield work
        step("before_commit", FUNCTION)
    step("after_commit", FUNCTION)
    if work.wakes_relay:
        outbox.wake_relay()


def _note_stranger(stranger: Charged) -> None:
    brand = _brand(stranger.brand)
    new = brand is None
    if brand is not None:
        with _in(brand) as work:
            new = books.note_unmatched(
                work, "stripe", stranger.intent_id, "stranger", stranger.received, stranger.currency, None
            )
    _say(new, "stripe", stranger.intent_id, "stranger")


def _brand(slug: str) -> Brand | None:
    """The brand that is written on what nobody knows, else the default one, if there is one."""
    for name in dict.fromkeys((slug, "")):
        with suppress(BrandNotFound):
            return find_brand("", name)
    return None


def _say(new: bool, gateway: str, name: str, kind: str) -> None:
    if new:
        log.error("money is unmatched", extra={"gateway": gateway, "gateway_id": name, "kind": kind})
