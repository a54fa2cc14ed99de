"""GET /v1/admin/redirects — where the shop's old paths lead."""

from typing import Annotated

from pydantic import StringConstraints

from shared.catalog import redirects
from shared.catalog.redirects import Redirect
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AskForRedirects(ListQuery):
    """`q`: part of either path."""

    q: Annotated[str, StringConstraints(max_length=200)] = ""


class RedirectList(Response):
    """A page of redirects."""

    data: list[Redirect]
    pagination: Pagination


def list_redirects(ask: AskForRedirects, caller: Staff, work: Work) -> RedirectList:
    found = redirects.page(work, ask.q, ask.limit, ask.offset)
    return RedirectList(data=found, pagination=Pagination.of(ask, redirects.count(work, ask.q)))


handler = endpoint("GET", "/v1/admin/redirects", list_redirects, needs="products:edit")
