"""account.registered — have Stripe know the buyer, so that a wish to subscribe finds its customer."""

from datetime import datetime
from uuid import UUID

from shared.billing.outcomes import Failed
from shared.billing.stripe_customers import CustomerOutcome, MadeCustomer, create_customer
from shared.identity.events import AccountRegisteredV1
from shared.identity.payers import name_stripe_customer, payer
from shared.platform.doors import Steps, consumer
from shared.platform.logs import log
from shared.platform.models import Pending
from shared.platform.work import Work


class CustomerUnknown(Exception):
    """Stripe has not said what became of the customer; the next delivery asks again under the same key."""


class NewPayer(Pending):
    customer_id: UUID
    brand: str
    email: str
    name: str
    locale: str
    known_since: datetime


def record(fact: AccountRegisteredV1, work: Work) -> NewPayer | None:
    found = payer(work, fact.customer_id)
    if found is None or found.stripe_customer_id is not None:
        return None
    return NewPayer(
        customer_id=found.id,
        brand=work.brand.slug,
        email=found.email,
        name=f"{found.first_name} {found.last_name}".strip(),
        locale=found.locale,
        known_since=found.created_at,
    )


def reach(new: NewPayer) -> CustomerOutcome:
    outcome = create_customer(
        customer_id=new.customer_id,
        brand=new.brand,
        email=new.email,
        name=new.name,
        locale=new.locale,
        known_since=new.known_since,
    )
    if isinstance(outcome, MadeCustomer) or (isinstance(outcome, Failed) and not outcome.retryable):
        return outcome
    raise CustomerUnknown(str(outcome))


def settle(new: NewPayer, outcome: CustomerOutcome, work: Work) -> None:
    if isinstance(outcome, MadeCustomer):
        name_stripe_customer(work, new.customer_id, outcome.stripe_id)
    else:
        log.error(
            "Stripe refused a customer", extra={"customer_id": str(new.customer_id), "why": str(outcome)}
        )


handler = consumer(Steps(record, reach, settle), listens=AccountRegisteredV1)
