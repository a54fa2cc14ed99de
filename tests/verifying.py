"""A person on the page of their identity check, for tests."""

from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit


def verify(url: str, **form: str) -> tuple[int, str | None]:
    """Do one's part on the page at `url` as a browser would; the status, and where it sends the browser."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"{parts.path}?{parts.query}", urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.getheader("location")
