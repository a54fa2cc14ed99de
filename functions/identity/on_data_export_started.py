"""data_export.started — gather what every context holds about somebody, and mail them the link to it."""

from datetime import datetime
from uuid import UUID

from shared.identity.events import DataExportStartedV1
from shared.platform import private_files
from shared.platform.doors import Steps, consumer
from shared.platform.models import Outcome, Pending
from shared.platform.work import Work
from shared.privacy import exporting


class Gathered(Pending):
    request_id: UUID
    run: int
    key: str
    content: bytes
    made_at: datetime


class Stored(Outcome):
    size: int


def record(fact: DataExportStartedV1, work: Work) -> Gathered | None:
    content = exporting.gather(work, fact.privacy_request_id, fact.run)
    if content is None:
        return None
    key = exporting.key_of(work.brand.id, fact.privacy_request_id)
    return Gathered(
        request_id=fact.privacy_request_id, run=fact.run, key=key, content=content, made_at=work.now
    )


def reach(gathered: Gathered) -> Stored:
    private_files.put(gathered.key, gathered.content, "application/zip")
    return Stored(size=len(gathered.content))


def settle(gathered: Gathered, stored: Stored, work: Work) -> None:
    exporting.hand_over(work, gathered.request_id, gathered.run, gathered.key, stored.size)


handler = consumer(Steps(record, reach, settle), listens=DataExportStartedV1)
