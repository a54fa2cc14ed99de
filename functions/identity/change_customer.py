"""PATCH /v1/admin/customers/{customer_id} — mend a customer's record."""

from uuid import UUID

from shared.identity import customers
from shared.identity.callers import Staff
from shared.identity.customers import (
    AccountEmail,
    Customer,
    CustomerChange,
    CustomerEmailTaken,
    CustomerNotFound,
    read_customer,
)
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def change_customer(
    ask: CustomerChange, customer_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> Customer:
    before = read_customer(work, customer_id)
    after = customers.change_customer(work, customer_id, ask, expected)
    work.audit(before=before, after=after)
    return after


handler = endpoint(
    "PATCH",
    "/v1/admin/customers/{customer_id}",
    change_customer,
    needs="customers:edit",
    refuses=[CustomerNotFound, AccountEmail, CustomerEmailTaken],
)
