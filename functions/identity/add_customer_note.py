"""POST /v1/admin/customers/{customer_id}/notes — write a note about a customer for the other staff."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from shared.identity.callers import Staff
from shared.identity.customer_notes import Note, add_note
from shared.identity.customers import CustomerNotFound, lock_customer
from shared.platform.doors import endpoint
from shared.platform.models import Request
from shared.platform.work import Work


class NewNote(Request):
    body: Annotated[str, StringConstraints(min_length=1, max_length=5000)]


def add_customer_note(ask: NewNote, customer_id: UUID, caller: Staff, work: Work) -> Note:
    return add_note(work, lock_customer(work, customer_id).id, caller, ask.body)


handler = endpoint(
    "POST",
    "/v1/admin/customers/{customer_id}/notes",
    add_customer_note,
    needs="customers:annotate",
    refuses=[CustomerNotFound],
    status=201,
)
