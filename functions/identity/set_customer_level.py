"""POST /v1/admin/customers/{customer_id}/level — grant a level, or take back what was granted."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.identity.callers import Staff
from shared.identity.customers import CustomerNotFound, lock_customer
from shared.identity.levels import Level
from shared.identity.standings import LevelStanding, grant_level, standing_of
from shared.kernel.refusals import Invalid, Refusal
from shared.platform.doors import endpoint
from shared.platform.models import Request, Text
from shared.platform.work import Work


class LevelEarned(Refusal):
    """This customer has earned a higher level, which cannot be taken away."""


class GrantIsOver(Invalid):
    """A level is granted until a time that is still to come."""


class GrantLevel(Request):
    """`until`: when the grant ends (for good when left out). `explorateur` takes back what staff have granted."""

    level: Level = Field(strict=False)
    until: Annotated[AwareDatetime, Field(strict=False)] | None = None
    reason: Text | None = None


def set_customer_level(ask: GrantLevel, customer_id: UUID, caller: Staff, work: Work) -> LevelStanding:
    before = lock_customer(work, customer_id)
    if ask.until is not None and ask.until <= work.now:
        raise GrantIsOver
    grant_level(work, customer_id, ask.level, ask.until)
    after = standing_of(work, customer_id)
    if Level(after.level).rank > ask.level.rank:
        raise LevelEarned(level=after.level)
    work.audit(
        before={"level": before.level, "level_until": before.level_until},
        after={"level": after.level, "level_until": after.until, "reason": ask.reason},
    )
    return after


handler = endpoint(
    "POST",
    "/v1/admin/customers/{customer_id}/level",
    set_customer_level,
    needs="customers:set_level",
    refuses=[CustomerNotFound, LevelEarned, GrantIsOver],
)
