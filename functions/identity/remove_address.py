"""DELETE /v1/me/addresses/{address_id} — take an address out of one's book."""

from uuid import UUID

from shared.identity import address_book
from shared.identity.address_book import AddressNotFound
from shared.identity.callers import Member
from shared.platform.doors import endpoint
from shared.platform.work import Work


def remove_address(address_id: UUID, caller: Member, work: Work) -> None:
    address_book.remove_address(work, caller.customer_id, address_id)


handler = endpoint(
    "DELETE", "/v1/me/addresses/{address_id}", remove_address, refuses=[AddressNotFound], status=204
)
