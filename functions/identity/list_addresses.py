"""GET /v1/me/addresses — the address book."""

from shared.identity.address_book import SavedAddress, addresses_of
from shared.identity.callers import Member
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AskForAddresses(ListQuery):
    """`page` and `limit`."""


class AddressList(Response):
    """A page of the book, the oldest address first."""

    data: list[SavedAddress]
    pagination: Pagination


def list_addresses(ask: AskForAddresses, caller: Member, work: Work) -> AddressList:
    book = addresses_of(work, caller.customer_id)
    return AddressList(
        data=book[ask.offset : ask.offset + ask.limit], pagination=Pagination.of(ask, len(book))
    )


handler = endpoint("GET", "/v1/me/addresses", list_addresses)
