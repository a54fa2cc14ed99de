"""Who checks out: the holder of the cart's token, as a guest or as the account they are signed in to."""

from typing import TYPE_CHECKING, ClassVar, Self
from uuid import UUID

from shared.cart.callers import CartHolder
from shared.identity.access_tokens import TokenInvalid
from shared.identity.callers import Member, bearer_token
from shared.identity.verification import EmailNotVerified
from shared.kernel.refusals import Refusal
from shared.platform.http import HttpRequest

if TYPE_CHECKING:
    from shared.platform.work import Work


class Buyer(CartHolder):
    """The holder of a cart's token. Who shows an access token beside it buys as that account (`customer_id`), which must have
    verified its address."""

    refuses: ClassVar[tuple[type[Refusal], ...]] = (*CartHolder.refuses, TokenInvalid, EmailNotVerified)

    customer_id: UUID | None = None

    @classmethod
    def recognise(cls, request: HttpRequest, work: "Work", needs: str | None) -> Self:
        """The holder of the token's cart. Raises as CartHolder, and TokenInvalid, EmailNotVerified."""
        buyer = super().recognise(request, work, needs)
        if bearer_token(request):
            member = Member.recognise(request, work, None)
            if not member.email_verified:
                raise EmailNotVerified
            buyer.customer_id = member.customer_id
        return buyer
