"""DELETE /v1/admin/redirects/{redirect_id} — lead on from a path no more."""

from uuid import UUID

from shared.catalog import redirects
from shared.catalog.refusals import RedirectNotFound
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.work import Work


def delete_redirect(redirect_id: UUID, caller: Staff, work: Work) -> None:
    work.audit(before=redirects.remove_redirect(work, redirect_id))


handler = endpoint(
    "DELETE",
    "/v1/admin/redirects/{redirect_id}",
    delete_redirect,
    needs="products:edit",
    refuses=[RedirectNotFound],
    status=204,
)
