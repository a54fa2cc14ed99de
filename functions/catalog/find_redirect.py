"""GET /v1/store/redirects — where a path of the shop that nothing is shown at has gone."""

from typing import Annotated, Literal

from pydantic import Field

from shared.catalog.redirects import MAX_PATH, find, plain_path
from shared.catalog.refusals import RedirectNotFound
from shared.platform.doors import Public, endpoint
from shared.platform.models import Query, Response
from shared.platform.work import Work


class WhereTo(Query):
    """`path`: what the browser asked the shop's front for; its query is left out of account."""

    path: Annotated[str, Field(min_length=1, max_length=MAX_PATH, examples=["/products/cafe-sablon-500g"])]


class Way(Response):
    """Where to send the browser, and as what: for good (301), for now (302), or nowhere any more (410, `to_path` null)."""

    from_path: str
    to_path: str | None
    status: Literal[301, 302, 410]


def find_redirect(ask: WhereTo, work: Work) -> Way:
    try:
        found = find(work, plain_path(ask.path))
    except ValueError as error:
        raise RedirectNotFound from error
    if found is None:
        raise RedirectNotFound
    return Way(from_path=found.from_path, to_path=found.to_path, status=found.status)


handler = endpoint(
    "GET", "/v1/store/redirects", find_redirect, refuses=[RedirectNotFound], cache=Public(max_age=60)
)
