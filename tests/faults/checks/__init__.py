"""The invariants: each check looks at the evidence and tells what is wrong with it, nothing when all is well."""

from tests.faults.checks import brands, events, logs, mails, money, orders, promises, stock
from tests.faults.evidence import Check

ALL: tuple[Check, ...] = (
    *money.CHECKS,
    *stock.CHECKS,
    *orders.CHECKS,
    *events.CHECKS,
    *mails.CHECKS,
    *brands.CHECKS,
    *promises.CHECKS,
    *logs.CHECKS,
)
