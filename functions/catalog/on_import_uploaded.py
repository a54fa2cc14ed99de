"""upload of imports — read a file of products, tell what is wrong with its rows, and let the others have their turn."""

from uuid import UUID

from shared.catalog.spreadsheets import importing
from shared.catalog.spreadsheets.importing import FileRead
from shared.platform import uploads
from shared.platform.doors import Steps, upload
from shared.platform.models import Pending
from shared.platform.uploads import Uploaded
from shared.platform.work import Work


class Arrived(Pending):
    key: str
    job_id: UUID
    currency: str


def record(fact: Uploaded, work: Work) -> Arrived | None:
    if not importing.waits_for_file(work, fact.id):
        return None
    return Arrived(key=fact.key, job_id=fact.id, currency=work.brand.currency)


def reach(arrived: Arrived) -> FileRead:
    return importing.read_file(uploads.read(arrived.key) or b"", arrived.currency)


def settle(arrived: Arrived, found: FileRead, work: Work) -> None:
    importing.keep_file(work, arrived.job_id, found)


handler = upload(Steps(record, reach, settle), kind="imports")
