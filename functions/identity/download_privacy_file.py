"""GET /v1/privacy-downloads/{token} — the file behind a mailed link: an export, or a certificate of erasure."""

from typing import Annotated

from pydantic import StringConstraints

from shared.platform import private_files
from shared.platform.doors import endpoint
from shared.platform.http import HttpResponse
from shared.platform.links import brand_of_link
from shared.platform.models import Query
from shared.platform.work import Work
from shared.privacy.downloads import DownloadExpired, DownloadNotFound, find_download


class FollowLink(Query):
    """`brand` stands for the header that a browser cannot send."""

    brand: Annotated[str, StringConstraints(max_length=63)] | None = None


def download_privacy_file(token: str, ask: FollowLink, work: Work) -> HttpResponse:
    found = find_download(work, token)
    work.audit(resource={"privacy_request_id": found.request_id})
    return HttpResponse(302, headers={"location": private_files.link(found.key, found.file_name)})


# The token is all that its holder needs, so guessing is counted like a write.
handler = endpoint(
    "GET",
    "/v1/privacy-downloads/{token}",
    download_privacy_file,
    refuses=[DownloadNotFound, DownloadExpired],
    status=302,
    limit="write",
    audited=True,
    brand_of=brand_of_link,
)
