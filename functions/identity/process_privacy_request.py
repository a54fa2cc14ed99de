"""POST /v1/admin/privacy-requests/{id}/process — begin a request now, or begin it anew, whatever state it is in."""

from uuid import UUID

from shared.identity.callers import Staff
from shared.identity.privacy_requests import PrivacyRequest, PrivacyRequestNotFound, read_request
from shared.platform.doors import endpoint
from shared.platform.work import Work
from shared.privacy.starting import start


def process_privacy_request(id: UUID, caller: Staff, work: Work) -> PrivacyRequest:
    before = read_request(work, id)
    start(work, id, by_hand=True)
    after = read_request(work, id)
    work.audit(before={"status": before.status}, after={"status": after.status, "kind": after.kind})
    return after


handler = endpoint(
    "POST",
    "/v1/admin/privacy-requests/{id}/process",
    process_privacy_request,
    needs="privacy:manage",
    refuses=[PrivacyRequestNotFound],
    status=202,
)
