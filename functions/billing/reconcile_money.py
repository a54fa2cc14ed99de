"""Every 15 minutes — compare our payments and refunds with what Stripe and PayPal have, repair what a lost webhook left, make known the rest."""

from shared.orders.money_reconciling import compare_one_by_one, compare_stripe, take_what_is_untaken
from shared.platform.doors import job


def reconcile_money() -> tuple[int, int]:
    tally = compare_stripe().plus(compare_one_by_one()).plus(take_what_is_untaken())
    # What was repaired is compared once more, by the batch that follows.
    return tally.repaired, tally.failed + tally.unmatched


handler = job("reconcile_money", reconcile_money, every="15 minutes")
