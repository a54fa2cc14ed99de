"""Which orders staff ask for, as the list and its export take it from a query string."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from shared.orders.lifecycle import Status
from shared.orders.listing import Filter
from shared.platform.models import MAX_AMOUNT, Moment, Query

type Amount = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]


def _split(values: Any) -> Any:
    """`status=paid,preparing` and `status=paid&status=preparing` mean the same, in any case."""
    return [part for value in values for part in str(value).lower().split(",")]


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class OrderFilters(Query):
    """`q`: an order's number, the beginning of an email address, or of words in a name. Placed from `since` on and before `until`;
    totals in minor units. `open_withdrawal`: those whose buyer waits for an answer."""

    status: Annotated[list[Status], BeforeValidator(_split)] = Field(default_factory=list)
    q: Annotated[str, StringConstraints(max_length=200), AfterValidator(str.strip)] = ""
    since: Moment | None = None
    until: Moment | None = None
    min_total: Amount | None = None
    max_total: Amount | None = None
    customer_id: UUID | None = None
    payment_method: (
        Annotated[Literal["stripe", "paypal", "points", "manual"], BeforeValidator(_lower)] | None
    ) = None
    open_withdrawal: bool = False

    def wanted(self) -> Filter:
        """The orders that are asked for."""
        return Filter(
            statuses=self.status,
            search=self.q,
            since=self.since,
            until=self.until,
            min_total=self.min_total,
            max_total=self.max_total,
            customers=[self.customer_id] if self.customer_id else None,
            gateway=self.payment_method,
            open_withdrawal=self.open_withdrawal,
        )
