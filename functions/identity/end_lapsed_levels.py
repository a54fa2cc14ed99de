"""Every 1 day — levels whose paid period or grant is over are decided anew."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.identity import standings
from shared.platform.doors import job
from shared.platform.work import Work

BATCH = 200


def find(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    return standings.lapsed(work, stuck, BATCH)


def end_lapsed_levels(work: Work, rows: Sequence[Any]) -> int:
    return sum(standings.recompute_lapsed(work, row.id) for row in rows)


handler = job("end_lapsed_levels", end_lapsed_levels, every="1 day", find=find)
