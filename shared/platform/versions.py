"""Versions of what several people edit: the answer's `ETag` is the version, `If-Match` names the one a change was made for."""

from dataclasses import dataclass

from shared.kernel.refusals import Refusal
from shared.platform.http import HttpRequest


class VersionStale(Refusal):
    """Somebody has changed this since you read it: read it again before you change it."""

    status = 412


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The versions a change may be made to, as the caller's `If-Match` says; None when it says nothing, or `*`."""

    tags: frozenset[str] | None

    @classmethod
    def of(cls, request: HttpRequest) -> "IfMatch":
        """Read the request's header."""
        given = request.headers.get("if-match")
        if given is None:
            return cls(None)
        # A CDN that compresses turns a strong tag into a weak one, and the client hands back what it got.
        tags = frozenset(tag.strip().removeprefix("W/") for tag in given.split(","))
        return cls(None if "*" in tags else tags)

    def check(self, version: int) -> None:
        """Raises VersionStale unless the change was made for `version`. Call it with the row locked."""
        if self.tags is not None and etag(version) not in self.tags:
            raise VersionStale(version=version)


def etag(version: int) -> str:
    """The `ETag` of a version."""
    return f'"{version}"'
