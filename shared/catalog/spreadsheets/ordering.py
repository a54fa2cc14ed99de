"""Ordering an import: a job that waits for its file. What is done with it is `importing`'s, which whoever orders need not load."""

from typing import Literal
from uuid import UUID

from shared.catalog.spreadsheets.decoding import MAX_BYTES
from shared.platform import background, uploads
from shared.platform.models import Request
from shared.platform.uploads import UploadForm
from shared.platform.work import Work

KIND, NEEDS, UPLOADS = "products.import", "products:import", "imports"
# Browsers call a CSV this or that, or nothing.
_ANY_TYPE = ""

type Mode = Literal["all_or_nothing", "skip_errors"]


class ProductImport(Request):
    """What to do with the file: take it whole or not at all, or what of it can be taken; with `dry_run`, say only what would happen."""

    mode: Mode = "all_or_nothing"
    dry_run: bool = False


def open_import(work: Work, ask: ProductImport, owner: UUID) -> tuple[UUID, UploadForm]:
    """A job that waits for its file, and the form for that."""
    job_id = background.open_job(work, KIND, needs=NEEDS, owner=owner, asked=ask.model_dump())
    key = uploads.key_of(UPLOADS, work.brand.id, job_id)
    return job_id, uploads.form(key, content_type=_ANY_TYPE, max_bytes=MAX_BYTES)
