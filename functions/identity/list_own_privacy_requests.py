"""GET /v1/me/privacy-requests — what one has asked for, and what has become of it."""

from shared.identity.callers import Member
from shared.identity.privacy_requests import PrivacyRequest, requests_of
from shared.platform.doors import endpoint
from shared.platform.models import ListQuery, Pagination, Response
from shared.platform.work import Work
from shared.privacy.downloads import fresh_link


class AskForPrivacyRequests(ListQuery):
    """`page` and `limit`."""


class OwnPrivacyRequest(PrivacyRequest):
    """`download_url` opens the archive for some minutes; it is there for 7 days."""

    download_url: str | None


class OwnPrivacyRequestList(Response):
    """A page of requests, the latest first."""

    data: list[OwnPrivacyRequest]
    pagination: Pagination


def list_own_privacy_requests(
    ask: AskForPrivacyRequests, caller: Member, work: Work
) -> OwnPrivacyRequestList:
    found, total = requests_of(work, caller.user_id, ask.limit, ask.offset)
    return OwnPrivacyRequestList(
        data=[
            OwnPrivacyRequest(**request.model_dump(), download_url=fresh_link(work, request))
            for request in found
        ],
        pagination=Pagination.of(ask, total),
    )


handler = endpoint("GET", "/v1/me/privacy-requests", list_own_privacy_requests)
