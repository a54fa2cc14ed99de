"""GET /v1/admin/customers/{customer_id} — one customer: orders, level, identity checks, addresses, notes, consents."""

from uuid import UUID

from shared.identity.address_book import SavedAddress, addresses_of
from shared.identity.callers import Staff
from shared.identity.consents import Consent, consents_of
from shared.identity.customer_notes import Note, notes_about
from shared.identity.customers import Customer, CustomerNotFound, read_customer, same_person
from shared.identity.kyc import KycCheck, checks_of
from shared.identity.standings import LevelStanding, standing_of
from shared.orders.purchases import Purchases, purchases_of
from shared.platform.doors import endpoint
from shared.platform.work import Work


class CustomerDetail(Customer):
    """A customer with all that belongs to them. `purchases` count those of `records`: this one, and the guest's record under the
    address that its account has proved."""

    records: list[UUID]
    purchases: Purchases
    standing: LevelStanding
    kyc: list[KycCheck]
    addresses: list[SavedAddress]
    notes: list[Note]
    consents: list[Consent]


def get_customer(customer_id: UUID, caller: Staff, work: Work) -> CustomerDetail:
    customer = read_customer(work, customer_id)
    records = same_person(work, customer_id)
    return CustomerDetail(
        **customer.model_dump(),
        records=records,
        purchases=purchases_of(work, records),
        standing=standing_of(work, customer_id),
        kyc=checks_of(work, customer.user_id) if customer.user_id else [],
        addresses=addresses_of(work, customer_id),
        notes=notes_about(work, customer_id),
        consents=consents_of(work, customer_id),
    )


handler = endpoint(
    "GET",
    "/v1/admin/customers/{customer_id}",
    get_customer,
    needs="customers:read",
    refuses=[CustomerNotFound],
    audited=True,
)
