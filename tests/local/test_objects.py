"""Forms and links of the local S3: held to what AWS holds them to."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from local.surface import presigned
from local.surface.objects import SECRET
from local.surface.post_policy import PolicyFailed, check
from shared.platform import private_files, s3, settings, uploads
from tests.media import multipart

PUBLIC = "http://127.0.0.1:4600/_local/s3"


@pytest.fixture(autouse=True)
def local(monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions that sign for the local run."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("S3_PUBLIC_URL", PUBLIC),
        ("PRIVATE_BUCKET", "files"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    settings.forget()
    s3.forget()


def opens(
    link: str, *, now: datetime | None = None, method: str = "GET", path: str | None = None
) -> dict[str, str]:
    parts = urlsplit(link)
    return presigned.check(method, path or parts.path, parts.query, parts.netloc, SECRET, now)


def test_a_link_opens_its_own_file_for_its_time() -> None:
    link = private_files.link("results/a b/é.csv", "x.csv", timedelta(hours=1))
    assert link.startswith(f"{PUBLIC}/files/results/")
    assert opens(link)["response-content-disposition"] == 'attachment; filename="x.csv"'
    opens(link, now=datetime.now(UTC) + timedelta(minutes=59))
    with pytest.raises(presigned.LinkRefused):
        opens(link, now=datetime.now(UTC) + timedelta(minutes=61))


def test_a_link_opens_nothing_else() -> None:
    link = private_files.link("results/x.csv", "x.csv")
    for changed in (
        link.replace("filename", "filenome"),
        link[:-1] + "0" * (link[-1] != "0") + "1" * (link[-1] == "0"),
        link.partition("?")[0],
    ):
        with pytest.raises(presigned.LinkRefused):
            opens(changed)
    with pytest.raises(presigned.LinkRefused):
        opens(link, path="/_local/s3/files/results/y.csv")
    with pytest.raises(presigned.LinkRefused):
        opens(link, method="PUT")


def test_a_form_is_good_for_an_hour_and_one_bucket() -> None:
    form = uploads.form("uploads/images/x", content_type="image/png", max_bytes=10)
    assert form.url == f"{PUBLIC}/files"
    body = multipart(form.fields, b"x")
    kind = "multipart/form-data; boundary=b"
    check(kind, body, "files", SECRET)
    for bucket, later in (("others", 0), ("files", 61)):
        with pytest.raises(PolicyFailed) as refused:
            check(kind, body, bucket, SECRET, datetime.now(UTC) + timedelta(minutes=later))
        assert refused.value.code == "AccessDenied"
    for text in ("text/plain", "multipart/form-data"):
        with pytest.raises(PolicyFailed):
            check(text, body, "files", SECRET)
    with pytest.raises(PolicyFailed):
        check(kind, b"--b\r\n\r\n--b--", "files", SECRET)


def test_what_stands_behind_the_file_is_not_read() -> None:
    form = uploads.form("uploads/images/x", content_type="image/png", max_bytes=10)
    late = multipart(form.fields, b"x").replace(
        b"--b--\r\n", b'--b\r\nContent-Disposition: form-data; name="acl"\r\n\r\npublic-read\r\n--b--\r\n'
    )
    check("multipart/form-data; boundary=b", late, "files", SECRET)
