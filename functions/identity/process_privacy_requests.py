"""Every 1 day — privacy requests that wait, that are stuck, or whose kept parts may go by now are begun."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.identity import privacy_runs
from shared.platform.doors import job
from shared.platform.work import Work
from shared.privacy.starting import start

BATCH = 50


def find(work: Work, stuck: list[UUID]) -> Sequence[Any]:
    return privacy_runs.due(work, stuck, BATCH)


def process_privacy_requests(work: Work, rows: Sequence[Any]) -> int:
    return sum(start(work, row.id) for row in rows)


handler = job("process_privacy_requests", process_privacy_requests, every="1 day", find=find)
