"""What an import and an export tell of themselves, each with the job's id as its key: their next step listens."""

from uuid import UUID

from shared.platform.events import Event


class ProductImportReadV1(Event):
    """A file has been read, and is to be decided upon as a whole."""

    job_id: UUID


class ProductImportAdvancedV1(Event):
    """So many rows of a file have had their turn; the next ones are due."""

    job_id: UUID
    rows: int


class ProductExportAskedV1(Event):
    """Staff have asked for all products, which are too many for an answer."""

    job_id: UUID
