"""Links by which an export or a certificate is downloaded without signing in: ours, for a week, by the one clock.

A link of S3 signed by a function's role dies with the role's session, long before a week is over; so ours redirects to a fresh one.
"""

from typing import Any, ClassVar, NamedTuple

from shared.identity.issuer import issuer
from shared.identity.privacy_requests import PrivacyRequest, RequestKind
from shared.identity.privacy_runs import hashed
from shared.kernel.refusals import NotFound, Refusal
from shared.platform import private_files
from shared.platform.brands import Brand
from shared.platform.links import naming
from shared.platform.work import Work

PATH = "/v1/privacy-downloads"


class DownloadNotFound(NotFound):
    """There is nothing to download under this link."""


class DownloadExpired(Refusal):
    """This link was valid for seven days; ask anew."""

    status: ClassVar[int] = 410


class Download(NamedTuple):
    """A file that may be downloaded: its object, and what to save it as."""

    request_id: Any
    key: str
    file_name: str


def download_link(brand: Brand, token: str) -> str:
    """The link for a token."""
    return naming(f"{issuer()}{PATH}/{token}", brand)


def find_download(work: Work, token: str) -> Download:
    """What a token opens. Raises DownloadNotFound, DownloadExpired."""
    row = work.one(
        """SELECT id, kind, object_key, download_expires_at FROM identity.privacy_requests
            WHERE download_hash = %(hash)s AND object_key IS NOT NULL""",
        hash=hashed(token),
    )
    if row is None:
        raise DownloadNotFound
    if row.download_expires_at <= work.now:
        raise DownloadExpired
    return Download(row.id, row.object_key, file_name(work.brand.slug, row.kind, row.id))


def fresh_link(work: Work, request: PrivacyRequest) -> str | None:
    """A link to an export of somebody who is signed in, while it may be had."""
    if request.kind != RequestKind.EXPORT or request.status != "completed":
        return None
    if request.download_expires_at is None or request.download_expires_at <= work.now:
        return None
    key = work.value("SELECT object_key FROM identity.privacy_requests WHERE id = %(id)s", id=request.id)
    return private_files.link(key, file_name(work.brand.slug, request.kind, request.id))


def file_name(slug: str, kind: str, request_id: Any) -> str:
    """What a download is saved as."""
    ending = "zip" if kind == "export" else "json"
    return f"{slug}-{kind}-{request_id}.{ending}"
