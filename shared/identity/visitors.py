"""Visitors: anybody, who may happen to be signed in."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from shared.identity.access_tokens import TokenInvalid
from shared.identity.callers import Member, bearer_token
from shared.kernel.refusals import Refusal, Unauthenticated
from shared.platform.audit import Actor
from shared.platform.callers import Caller
from shared.platform.http import HttpRequest

if TYPE_CHECKING:
    from shared.platform.work import Work


@dataclass(frozen=True)
class Visitor(Caller):
    """Anybody; `member` is who they are when they have shown a token. A token that is shown must be good."""

    who: ClassVar[str] = "public"
    limited_as: ClassVar[str] = "account"
    refuses: ClassVar[tuple[type[Refusal], ...]] = (TokenInvalid, Unauthenticated)

    member: Member | None
    address: str

    @classmethod
    def client(cls, request: HttpRequest) -> str | None:
        """The account, if there is one."""
        return Member.client(request) if bearer_token(request) else None

    @classmethod
    def recognise(cls, request: HttpRequest, work: "Work", needs: str | None) -> Self:
        """Who they are, if they say so. Raises Unauthenticated, TokenInvalid."""
        member = Member.recognise(request, work, needs) if bearer_token(request) else None
        return cls(member, request.source_ip)

    def scope(self) -> str:
        """The account, else the address."""
        return self.member.scope() if self.member else self.address

    def actor(self) -> Actor | None:
        """The account, if there is one."""
        return self.member.actor() if self.member else None
