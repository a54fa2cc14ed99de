"""GET /v1/admin/carts — the brand's carts; of those that were left, the most promising first."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from shared.cart.recovery import listing
from shared.cart.recovery.listing import Filter, Sort
from shared.cart.recovery.staff_shapes import CartList, summary_of
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import MAX_AMOUNT, ListQuery, Moment, Pagination
from shared.platform.work import Work


def _split(values: Any) -> Any:
    """`status=active,abandoned` and `status=active&status=abandoned` mean the same, in any case."""
    return [part for value in values for part in str(value).lower().split(",")]


class AskForCarts(ListQuery):
    """`q`: the beginning of an email address. Last touched from `since` on and before `until`; `min_amount` in minor units, of carts
    that were left. Unless `sort` says otherwise, those that were left come by score when only they are asked for, else the latest first."""

    status: Annotated[
        list[Literal["active", "abandoned", "converted", "expired"]], BeforeValidator(_split)
    ] = Field(default_factory=list)
    q: Annotated[str, StringConstraints(max_length=200), AfterValidator(str.strip)] = ""
    customer_id: UUID | None = None
    since: Moment | None = None
    until: Moment | None = None
    min_amount: Annotated[int, Field(ge=0, le=MAX_AMOUNT)] | None = None
    held_out: bool | None = None
    reachable: bool | None = None
    sort: Sort | None = None


def list_carts(ask: AskForCarts, caller: Staff, work: Work) -> CartList:
    wanted = Filter(
        statuses=ask.status,
        search=ask.q,
        customer_id=ask.customer_id,
        since=ask.since,
        until=ask.until,
        min_amount=ask.min_amount,
        held_out=ask.held_out,
        reachable=ask.reachable,
    )
    sort: Sort = ask.sort or ("-score" if ask.status == ["abandoned"] else "-created_at")
    rows = listing.page(work, wanted, sort, ask.limit, ask.offset)
    return CartList(
        data=[summary_of(row) for row in rows], pagination=Pagination.of(ask, listing.count(work, wanted))
    )


handler = endpoint("GET", "/v1/admin/carts", list_carts, needs="carts:read", audited=True)
