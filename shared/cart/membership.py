"""Products that only members of a level may buy."""

from typing import TYPE_CHECKING

from shared.cart.refusals import LevelRequired
from shared.identity.levels import Level
from shared.platform.http import HttpRequest
from shared.platform.work import Work

if TYPE_CHECKING:
    from shared.identity.callers import Member


def check_level(needed: str | None, level: Level | None) -> None:
    """Raise LevelRequired unless a customer of `level` (None: nobody is signed in) may buy what needs `needed`. Pure."""
    if needed is None:
        return
    # A level that nobody knows is one that nobody has.
    if level is None or needed not in Level or level.rank < Level(needed).rank:
        raise LevelRequired(level=needed)


def level_shown(work: Work, request: HttpRequest) -> Level | None:
    """The level of the customer whose access token the request shows beside the cart's; None when it shows none, or when the
    account is no customer's. Raises Unauthenticated, TokenInvalid."""
    member = member_shown(work, request)
    if member is None:
        return None
    level = work.value("SELECT level FROM identity.customers WHERE id = %(id)s", id=member.customer_id)
    return Level(level) if level else None


def member_shown(work: Work, request: HttpRequest) -> "Member | None":
    """The account whose access token the request shows; None when it shows none. Raises Unauthenticated, TokenInvalid."""
    # Imported here: most products are for everybody, and every line put into a cart would pay for it.
    if not request.headers.get("authorization"):
        return None
    from shared.identity.callers import Member, bearer_token

    return Member.recognise(request, work, None) if bearer_token(request) else None
