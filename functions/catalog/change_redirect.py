"""PATCH /v1/admin/redirects/{redirect_id} — lead from or to another path."""

from uuid import UUID

from shared.catalog import redirects
from shared.catalog.redirects import Redirect, RedirectChange, read_redirect
from shared.catalog.refusals import (
    AddressInUse,
    RedirectExists,
    RedirectIncomplete,
    RedirectLoop,
    RedirectNotFound,
)
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.versions import IfMatch
from shared.platform.work import Work


def change_redirect(
    ask: RedirectChange, redirect_id: UUID, expected: IfMatch, caller: Staff, work: Work
) -> Redirect:
    before = read_redirect(work, redirect_id)
    after = redirects.change_redirect(work, redirect_id, ask, expected)
    work.audit(before=before, after=after)
    return after


handler = endpoint(
    "PATCH",
    "/v1/admin/redirects/{redirect_id}",
    change_redirect,
    needs="products:edit",
    refuses=[RedirectNotFound, RedirectIncomplete, RedirectExists, RedirectLoop, AddressInUse],
)
