"""PATCH /v1/me/addresses/{address_id} — change an address of one's book, or make it a default."""

from uuid import UUID

from shared.identity import address_book
from shared.identity.address_book import AddressChange, AddressNotFound, SavedAddress
from shared.identity.callers import Member
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def change_address(
    ask: AddressChange, address_id: UUID, expected: IfMatch, caller: Member, work: Work
) -> SavedAddress:
    return address_book.change_address(work, caller.customer_id, address_id, ask, expected)


handler = endpoint("PATCH", "/v1/me/addresses/{address_id}", change_address, refuses=[AddressNotFound])
