"""Who signs in brings the cart along whose token their browser shows: it becomes their account's."""

from uuid import UUID

from shared.kernel.refusals import Refusal
from shared.platform.http import HttpRequest
from shared.platform.logs import log
from shared.platform.work import Work

_HEADER = "x-cart-token"
_BUYER = """
    SELECT c.id, u.email, u.email_verified_at IS NOT NULL AS proved
      FROM identity.customers c JOIN identity.users u ON u.brand_id = c.brand_id AND u.id = c.user_id
     WHERE u.id = %(user)s
"""


def bring_cart(work: Work, request: HttpRequest, user_id: UUID) -> None:
    """Merge the cart of the request's token, if it shows one, into that of whoever has just signed in. A cart that cannot be merged
    keeps nobody out: it stays what it was."""
    token = request.headers.get(_HEADER, "").strip()
    if not token:
        return
    # Imported here: most who sign in bring none, and every sign-in would pay for it.
    from shared.cart.tokens import token_hash
    from shared.checkout.merging import merge

    buyer = work.one(_BUYER, user=user_id)
    if buyer is None:
        return
    told = len(work.told)
    work.run("SAVEPOINT bringing")
    try:
        merge(work, token_hash(token), buyer.id, email=buyer.email if buyer.proved else None)
    except Refusal as refused:
        work.run("ROLLBACK TO SAVEPOINT bringing")
        del work.told[told:]
        log.info("cart not brought", extra={"why": refused.code()})
