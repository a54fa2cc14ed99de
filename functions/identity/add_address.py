"""POST /v1/me/addresses — write an address into one's book."""

from shared.identity import address_book
from shared.identity.address_book import AddressBookFull, NewAddress, SavedAddress
from shared.identity.buyers import own_customer
from shared.identity.callers import Member
from shared.platform.doors import endpoint
from shared.platform.work import Work


def add_address(ask: NewAddress, caller: Member, work: Work) -> SavedAddress:
    return address_book.add_address(work, own_customer(work, caller), ask)


handler = endpoint("POST", "/v1/me/addresses", add_address, refuses=[AddressBookFull], status=201)
