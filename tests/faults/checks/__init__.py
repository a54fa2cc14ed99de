"""The invariants: each check looks at the evidence and tells what is wrong with it, nothing when all is well."""

from tests.faults.checks import (
    accounts,
    brands,
    events,
    happenings,
    logs,
    mails,
    money,
    orders,
    paypal,
    promises,
    recovery,
    refunds,
    staff,
    stock,
)
from tests.faults.evidence import Check

ALL: tuple[Check, ...] = (
    *money.CHECKS,
    *paypal.CHECKS,
    *refunds.CHECKS,
    *stock.CHECKS,
    *orders.CHECKS,
    *events.CHECKS,
    *mails.CHECKS,
    *recovery.CHECKS,
    *brands.CHECKS,
    *promises.CHECKS,
    *staff.CHECKS,
    *accounts.CHECKS,
    *logs.CHECKS,
    *happenings.CHECKS,
)
