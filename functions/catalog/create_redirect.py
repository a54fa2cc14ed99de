"""POST /v1/admin/redirects — lead from one path of the shop to another."""

from shared.catalog.redirects import NewRedirect, Redirect, add_redirect
from shared.catalog.refusals import AddressInUse, RedirectExists, RedirectLoop
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def create_redirect(ask: NewRedirect, caller: Staff, work: Work) -> Redirect:
    made = add_redirect(work, ask)
    work.audit(resource={"redirect_id": made.id}, after=made)
    return made


handler = endpoint(
    "POST",
    "/v1/admin/redirects",
    create_redirect,
    needs="products:edit",
    refuses=[RedirectExists, RedirectLoop, AddressInUse],
    status=201,
)
