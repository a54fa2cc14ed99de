"""Callers: who may call. A context that knows its callers derives one; the door only asks the story's annotation."""

from typing import TYPE_CHECKING, ClassVar, Self

from shared.kernel.refusals import Refusal
from shared.platform.audit import Actor
from shared.platform.http import HttpRequest

if TYPE_CHECKING:
    from shared.platform.work import Work


class Caller:
    """Somebody recognised. `who` is the word of the contract's `who` column, `limited_as` the limiter's class of client,
    `refuses` what recognising may raise, `audited` whether all that they change is written into the audit log."""

    who: ClassVar[str] = "public"
    limited_as: ClassVar[str] = "anonymous"
    refuses: ClassVar[tuple[type[Refusal], ...]] = ()
    audited: ClassVar[bool] = False

    @classmethod
    def client(cls, request: HttpRequest) -> str | None:
        """The limiter's name for this client, found without the database, or None when only the address is known.

        Raises Unauthenticated when the request cannot be anybody's.
        """
        return None

    @classmethod
    def recognise(cls, request: HttpRequest, work: "Work", needs: str | None) -> Self:
        """The caller, inside the story's own transaction. Raises Unauthenticated, Forbidden or NotFound."""
        raise NotImplementedError

    def scope(self) -> str:
        """What an Idempotency-Key of this caller is unique within: an account's id, a cart's id."""
        raise NotImplementedError

    def actor(self) -> Actor | None:
        """Who they are to the audit log; None when nobody knows."""
        return None
