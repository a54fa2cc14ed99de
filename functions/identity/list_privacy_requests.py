"""GET /v1/admin/privacy-requests — who wants their data or wants to be forgotten, and until when they must be answered."""

from typing import Literal
from uuid import UUID

from shared.identity import privacy_requests
from shared.identity.callers import Staff
from shared.identity.privacy_requests import PrivacyRequest, RequestKind, request_of
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work


class AskForPrivacyRequests(ListQuery):
    """Narrowed by `kind` and `status`."""

    kind: RequestKind | None = None
    status: Literal["received", "running", "completed", "failed"] | None = None


class ReceivedPrivacyRequest(PrivacyRequest):
    """With whose it is; `contact` is null once an erasure is answered."""

    user_id: UUID | None
    contact: str | None


class PrivacyRequestList(Response):
    """A page of requests, the latest first."""

    data: list[ReceivedPrivacyRequest]
    pagination: Pagination


def list_privacy_requests(ask: AskForPrivacyRequests, caller: Staff, work: Work) -> PrivacyRequestList:
    rows, total = privacy_requests.list_requests(work, ask.kind, ask.status, ask.limit, ask.offset)
    return PrivacyRequestList(
        data=[
            ReceivedPrivacyRequest(**request_of(row).model_dump(), user_id=row.user_id, contact=row.contact)
            for row in rows
        ],
        pagination=Pagination.of(ask, total),
    )


handler = endpoint(
    "GET", "/v1/admin/privacy-requests", list_privacy_requests, needs="privacy:manage", audited=True
)
